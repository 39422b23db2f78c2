"""Words and titles in many segments, in any script, found as by looking at each of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.engine.engine import ColumnarEngine
from kb.engine.fuzzy import edit_distances, matching
from kb.engine.interface import Question, Selection
from kb.engine.word_ranges import WordList, k_smallest, prefix_range, utf8
from kb.query.trees import conjunction
from tests.corpora import ANALYZER, Change, article, index_of, left_by

from .brute_force import BruteForce, PlainDictionary, edit_distance

LETTERS = "aabé睡𝔘ʼ"
words = st.text(LETTERS, min_size=1, max_size=7)
word_lists = st.lists(words, max_size=30, unique=True).map(sorted)
many = settings(max_examples=200, deadline=None, derandomize=True)


def listed(strings: list[str], counts: list[int] | None = None) -> WordList:
    parts = [utf8(string) for string in strings]
    return WordList(
        np.frombuffer(b"".join(parts), dtype=np.uint8).copy(),
        np.cumsum([0, *map(len, parts)], dtype=np.int64),
        np.array(counts or [1] * len(strings), dtype=np.int32),
    )


@many
@given(strings=word_lists, pattern=st.text(LETTERS + "**??", max_size=7))
def test_a_pattern_fits_code_points_and_not_bytes(strings: list[str], pattern: str) -> None:
    assert matching(listed(strings), pattern).tolist() == [fnmatchcase(string, pattern) for string in strings]


@many
@given(strings=word_lists, word=words, most=st.integers(0, 3))
def test_edits_are_counted_in_code_points(strings: list[str], word: str, most: int) -> None:
    expected = [min(most + 1, edit_distance(word, string)) for string in strings]
    assert edit_distances(listed(strings), word, most).tolist() == expected


@many
@given(strings=word_lists, prefix=st.text(LETTERS, max_size=3))
def test_what_begins_so_is_a_range(strings: list[str], prefix: str) -> None:
    letters, bounds, _ = listed(strings)
    begin, end = prefix_range(utf8(prefix), letters.data, bounds.data)
    assert strings[begin:end] == [string for string in strings if string.startswith(prefix)]


@many
@given(lists=st.tuples(word_lists, word_lists))
def test_lists_are_joined_in_order_and_their_frequencies_added(lists: tuple[list[str], list[str]]) -> None:
    one, other = (listed(strings, list(range(1, len(strings) + 1))) for strings in lists)
    joined = one.merged(other)
    made = {joined.word(number): count for number, count in enumerate(joined.counts.tolist())}
    expected = {word: 0 for strings in lists for word in strings}
    for strings in lists:
        for count, word in enumerate(strings, 1):
            expected[word] += count
    assert made == expected
    assert all(before < after for before, after in pairwise(made))


@many
@given(ranks=st.lists(st.integers(-3, 3), max_size=30), wanted=st.integers(0, 40))
def test_the_smallest_of_equals_are_the_first(ranks: list[int], wanted: int) -> None:
    expected = sorted(range(len(ranks)), key=lambda place: ranks[place])[:wanted]
    assert k_smallest(np.array(ranks, dtype=np.int64), wanted) == expected


texts = st.lists(st.sampled_from(["sleep", "Sleeper", "naïve", "睡", "眠", "dose", "doses", "!"]), max_size=4)
articles = st.builds(
    lambda number, title, text: article(f"{number}", " ".join(title) or "!", " ".join(text)),
    st.integers(0, 9),
    texts,
    texts,
)
changes = st.lists(
    st.builds(
        Change,
        st.lists(articles, max_size=6, unique_by=lambda made: made.id),
        st.lists(st.integers(0, 9).map(str), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(changed=changes, limit=st.integers(1, 6), typed=st.sampled_from(["s", "sle do", "睡", "dose sl", "na", "z"]))
def test_words_and_titles_are_those_of_the_articles_that_are_left(
    changed: list[Change], limit: int, typed: str
) -> None:
    with TemporaryDirectory() as folder:
        engine = ColumnarEngine(index_of(Path(folder), *changed), "here", ANALYZER)
        left = left_by(changed)
        plain, dictionary = PlainDictionary(BruteForce(left, ANALYZER).documents), engine.dictionary
        for prefix in ("", "s", "sl", "dose", "睡"):
            assert dictionary.with_prefix(prefix, limit) == plain.with_prefix(prefix, limit)
        for pattern in ("s?ee*", "*s", "?"):
            assert dictionary.matching(pattern, limit) == plain.matching(pattern, limit)
        assert dictionary.near("slepe", 2, limit) == plain.near("slepe", 2, limit)
        parts = typed.split()
        rows = [(ANALYZER.keyword(made.title), made.id, made.title) for made in left]
        expected = sorted(
            (not key.startswith(typed), len(key), key, identity, title)
            for key, identity, title in rows
            if all(f" {part}" in f" {key}" for part in parts)
        )
        assert list(engine.titles(parts, limit)) == [(identity, title) for *_, identity, title in expected[:limit]]
        for sort in ("title", "date"):
            page = engine.answer(Question(conjunction([])), Selection(sort=sort, limit=limit), float("inf")).articles
            order = sorted((key if sort == "title" else "", identity) for key, identity, _ in rows)
            assert [article.id for article in page] == [identity for _, identity in order[:limit]]
