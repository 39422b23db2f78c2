"""Ranges of sorted words, against lists of Python strings."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.dictionary.word_ranges import WordList, live_frequencies, prefix_range, utf8

LETTERS = "aabé睡𝔘ʼ\ud800"
words = st.text(LETTERS, min_size=1, max_size=7)
word_lists = st.lists(words, max_size=30, unique=True).map(sorted)
many = settings(max_examples=200, deadline=None, derandomize=True)


def word_list(strings: list[str], counts: list[int] | None = None) -> WordList:
    parts = [utf8(string) for string in strings]
    return WordList(
        np.frombuffer(b"".join(parts), dtype=np.uint8).copy(),
        np.cumsum([0, *map(len, parts)], dtype=np.int64),
        np.array(counts or [1] * len(strings), dtype=np.int32),
    )


@many
@given(strings=word_lists)
def test_words_are_given_back_as_they_are(strings: list[str]) -> None:
    listed = word_list(strings)
    assert [listed.word(index) for index in range(len(strings))] == strings


@many
@given(strings=word_lists, prefix=st.text(LETTERS, max_size=3))
def test_what_begins_so_is_a_range(strings: list[str], prefix: str) -> None:
    letters, bounds, _ = word_list(strings)
    begin, end = prefix_range(utf8(prefix), letters.data, bounds.data)
    assert strings[begin:end] == [string for string in strings if string.startswith(prefix)]


@many
@given(lists=st.tuples(word_lists, word_lists))
def test_lists_are_merged_in_order_and_their_frequencies_added(lists: tuple[list[str], list[str]]) -> None:
    one, other = (word_list(strings, list(range(1, len(strings) + 1))) for strings in lists)
    merged = one.merged(other)
    words = [merged.word(index) for index in range(len(merged.frequencies))]
    expected: Counter[str] = Counter()
    for strings in lists:
        expected.update({word: count for count, word in enumerate(strings, 1)})
    assert dict(zip(words, merged.frequencies.tolist(), strict=True)) == expected
    assert all(before < after for before, after in pairwise(words))


@many
@given(
    articles=st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=6).flatmap(
        lambda listed: st.tuples(
            st.just(listed), st.sets(st.integers(0, max(0, len(listed) - 1)), max_size=len(listed))
        )
    )
)
def test_deleted_articles_count_for_no_word(articles: tuple[list[list[int]], set[int]]) -> None:
    listed, deleted = articles

    def frequencies(docids: set[int]) -> np.ndarray:
        counts = Counter(word for docid in docids for word in set(listed[docid]))
        return np.array([counts[word] for word in range(5)], dtype=np.int32)

    every = set(range(len(listed)))
    tokens = np.array([word for article in listed for word in article], dtype=np.int32)
    bounds = np.cumsum([0, *map(len, listed)], dtype=np.int64)
    live = live_frequencies.definition(frequencies(every), np.array(sorted(deleted), dtype=np.int32), tokens, bounds)
    assert live.tolist() == frequencies(every - deleted).tolist()
