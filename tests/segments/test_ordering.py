"""Words, titles and ids in the order of their code points, against `sorted`."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.segments.arrays import unpack_string
from kb.segments.ordering import sorted_titles, sorted_words

from .articles import random_lists

letters = st.text(alphabet="abé睡𝔘\ud800", max_size=3)


def unpacked(content: np.ndarray, bounds: np.ndarray) -> list[str]:
    return [unpack_string(content, bounds, index) for index in range(len(bounds) - 1)]


@random_lists
@given(words=st.lists(letters, unique=True, max_size=8), data=st.data())
def test_sorted_words_keep_their_term_ids(words: list[str], data: st.DataObject) -> None:
    term_ids = data.draw(st.permutations(range(len(words))))
    arrays = sorted_words(words, np.array(term_ids, dtype=np.int32))
    assert unpacked(arrays["sorted_words"], arrays["sorted_word_bounds"]) == sorted(words)
    assert arrays["sorted_word_ids"].tolist() == [term_ids[words.index(word)] for word in sorted(words)]


@random_lists
@given(keyed=st.dictionaries(letters, st.sampled_from(["", "tea", "teas", "é", "𝔘", "睡"]), max_size=8))
def test_titles_are_ranked_and_articles_of_one_title_are_in_the_order_of_their_ids(keyed: dict[str, str]) -> None:
    ids, keys = list(keyed), list(keyed.values())
    arrays = sorted_titles(keys, ids)
    titles = sorted(set(keys))
    assert unpacked(arrays["sorted_titles"], arrays["sorted_title_bounds"]) == titles
    assert arrays["sorted_title_lengths"].tolist() == [len(title) for title in titles]
    assert arrays["title_ranks"].tolist() == [titles.index(key) for key in keys]
    assert arrays["id_ranks"].tolist() == [sorted(ids).index(article_id) for article_id in ids]
    bounds, titled = arrays["titled_bounds"].tolist(), arrays["titled"].tolist()
    for rank, title in enumerate(titles):
        expected = sorted(article_id for article_id, key in keyed.items() if key == title)
        assert [ids[docid] for docid in titled[bounds[rank] : bounds[rank + 1]]] == expected


@random_lists
@given(strings=st.lists(st.text(max_size=3), max_size=8))
def test_the_order_of_code_points_is_that_of_utf_8(strings: list[str]) -> None:
    assert sorted(strings) == sorted(strings, key=str.encode)
