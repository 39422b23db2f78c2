"""Highlights, against sets of the characters that matches cover."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.interface import BEGIN, COLUMNS, END, FIRST_END, IN_TITLE, ROW
from kb.snippets.columns import PASSAGE_BEGIN, PASSAGE_COLUMNS, PASSAGE_END
from kb.snippets.highlights import highlights_of, merged, shown_end

from .profiles import examples

ranges = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda pair: (pair[0], sum(pair)))


def covered(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The maximal stretches of numbers between which there is no gap; naive: of touching ranges one by one."""
    bounds = sorted(pairs)
    disjoint: list[tuple[int, int]] = []
    for begin, end in bounds:
        if disjoint and begin <= disjoint[-1][1]:
            begin, last = disjoint.pop()
            end = max(end, last)
        disjoint.append((begin, end))
    return disjoint


@examples(100)
@given(st.lists(ranges))
def test_merged_ranges_are_disjoint_and_cover_the_same(pairs: list[tuple[int, int]]) -> None:
    table = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    disjoint = merged(table[:, 0], table[:, 1])
    assert disjoint == covered(pairs)
    assert {i for begin, end in disjoint for i in range(begin, end)} == {i for b, e in pairs for i in range(b, e)}


def matches_of(rows: list[tuple[int, bool, tuple[int, int]]]) -> np.ndarray:
    """Matches of articles in order, a title's before its text's, by begin."""
    table = np.zeros((len(rows), COLUMNS), dtype=np.int64)
    for match, (row, in_title, (begin, end)) in zip(
        table, sorted(rows, key=lambda r: (r[0], not r[1], r[2])), strict=True
    ):
        match[ROW], match[IN_TITLE], match[BEGIN], match[END], match[FIRST_END] = row, in_title, begin, end, begin + 1
    return table


@examples(100)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans(), ranges), max_size=20),
    st.sets(st.tuples(st.integers(0, 2), st.integers(0, 4)), max_size=5),
    st.integers(1, 15),
)
def test_a_passage_shows_the_matches_inside_it_and_a_title_all_of_its_own(
    rows: list[tuple[int, bool, tuple[int, int]]], stretches: set[tuple[int, int]], longest: int
) -> None:
    passages = np.zeros((len(stretches), PASSAGE_COLUMNS), dtype=np.int64)
    for passage, (row, part) in zip(passages, sorted(stretches), strict=True):
        passage[ROW], passage[PASSAGE_BEGIN], passage[PASSAGE_END] = row, 15 * part, 15 * part + 14
    highlights, bounds = highlights_of(matches_of(rows), passages, 3, longest)
    shown = [list(map(tuple, highlights[low:high].tolist())) for low, high in pairwise(bounds)]
    expected = []
    for row, low, high in passages[:, [ROW, PASSAGE_BEGIN, PASSAGE_END]].tolist():
        fitting = [
            (begin, end if end - begin <= longest else begin + 1)
            for of, in_title, (begin, end) in rows
            if of == row and not in_title
        ]
        expected.append(covered([(begin, end) for begin, end in fitting if low <= begin and end <= high]))
    expected += [covered([pair for row, in_title, pair in rows if row == title and in_title]) for title in range(3)]
    assert shown == expected


def test_of_a_phrase_too_long_its_first_word_is_shown_or_as_much_as_fits() -> None:
    assert shown_end(10, 40, 15, 30) == 40
    assert shown_end(10, 41, 15, 30) == 15
    assert shown_end(10, 90, 80, 30) == 40
