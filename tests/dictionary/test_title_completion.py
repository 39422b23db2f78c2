"""Titles that have the words typed, against a look at each title."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.dictionary.title_completion import SegmentTitles, _best_titles, first_titles
from kb.dictionary.word_ranges import prefix_range, utf8
from tests.corpora import article
from tests.segments.articles import segment_of

from .test_word_ranges import many, word_list

part = st.text("aab睡", min_size=1, max_size=3)
titles = st.lists(st.lists(part, min_size=1, max_size=3).map(" ".join), max_size=20, unique=True).map(sorted)


def has_words(title: str, words: list[str]) -> bool:
    return all(f" {word}" in f" {title}" for word in words)


@many
@given(titles=titles, words=st.lists(part, min_size=1, max_size=2), wanted=st.integers(1, 6), data=st.data())
def test_titles_that_begin_as_typed_come_first_then_the_shortest(
    titles: list[str], words: list[str], wanted: int, data: st.DataObject
) -> None:
    is_candidate = data.draw(st.lists(st.booleans(), min_size=len(titles), max_size=len(titles)))
    listed, prefixes = word_list(titles), [utf8(word) for word in words]
    typed = prefix_range(b" ".join(prefixes), listed.letters.data, listed.bounds.data)
    best = _best_titles(
        listed.letters,
        listed.bounds,
        np.array([len(title) for title in titles], dtype=np.uint32),
        np.array(is_candidate, dtype=bool),
        np.frombuffer(b"".join(prefixes), dtype=np.uint8),
        np.cumsum([0, *map(len, prefixes)], dtype=np.int64),
        *typed,
        wanted,
    )
    candidates = [title for title, possible in zip(titles, is_candidate, strict=True) if possible]
    expected = sorted(
        (not title.startswith(" ".join(words)), len(title), title) for title in candidates if has_words(title, words)
    )
    assert [titles[rank] for rank in best.tolist()] == [title for *_, title in expected[:wanted]]


def test_a_title_of_several_articles_is_given_once_for_each_that_is_live(tmp_path: Path) -> None:
    listed = [article(letter, title) for letter, title in zip("abcd", ["Tea", "TEA!", "Green tea", "tea"], strict=True)]
    segment = segment_of(tmp_path, listed)
    assert first_titles([SegmentTitles(segment)], ["te"], 9) == [
        ("a", "Tea"), ("b", "TEA!"), ("d", "tea"), ("c", "Green tea"),
    ]  # fmt: skip
    segment.live = np.array([True, False, True, True])
    assert first_titles([SegmentTitles(segment)], ["te"], 2) == [("a", "Tea"), ("d", "tea")]
    assert first_titles([SegmentTitles(segment)], ["te", "gr"], 2) == [("c", "Green tea")]


def test_the_best_of_several_segments_come_first(tmp_path: Path) -> None:
    segments = [
        SegmentTitles(segment_of(tmp_path, [article(title, title) for title in titles], titles[0]))
        for titles in (["Sleepers", "No sleep"], ["Sleep", "Asleep"])
    ]
    assert [title for _, title in first_titles(segments, ["sle"], 9)] == ["Sleep", "Sleepers", "No sleep"]
    assert [title for _, title in first_titles(segments, ["sle"], 1)] == ["Sleep"]
    assert segments[0].key(1) == "sleepers"
