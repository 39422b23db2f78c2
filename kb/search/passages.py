"""Which passage of each article answers a question best: chosen for all the articles of a page at once.

A passage is chosen by the words it covers, each counted once and weighed by how rare it is, then by how close together
and how early they stand. Work grows with the number of matches, not with the length of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Float64s, Int64s, Int64Table, Uint8s, Uint32s, compiled, inner
from kb.search.sentence_fitting import around
from kb.texts import Occurrences, PageSentences

CLOSENESS = 0.4
EARLINESS = 0.15
HEADING = 0.2
AGAIN = 0.3
LEAST = 0.05
"""Shares of a typical word's weight: what is lost by matches far apart, by a passage at the end of the article, by one
that begins in a heading (which would be glued to the text below it), and what is left for a word that an earlier
passage already shows; and the least weight, as a share of the greatest."""

MOST_MATCHES = 200
MOST_OF_ALL = 1600
"""Places of each unit in an article, and of all its units together, among which passages are chosen: the first ones.
All that a passage shows are marked."""


def best_cores(
    occurrences: Occurrences,
    sentences: PageSentences,
    lengths: np.ndarray,
    weights: Sequence[float],
    taken: np.ndarray,
    chars: int,
    longest: int,
) -> np.ndarray:
    """What one more passage is made around, for each article that has matches left: int64, shape (n, 8).

    The article's row, ascending, where the best matches begin, where the first of them ends, and where all of them end;
    what `sentences_around` gives for these; and from where to where there is room between the passages taken.
    `lengths` of the texts in code points, int64; `weights` of the units: how rare each is; `taken` the passages that
    there are, as row, start and end, int64, shape (m, 3); `chars` the length of a passage, `longest` that of its core.
    """
    least = LEAST * max([1.0, *weights])
    values = np.array([max(weight, least) for weight in weights])
    most = min(MOST_MATCHES, max(8, MOST_OF_ALL // max(len(weights), 1)))
    return _best_cores(occurrences.table, *sentences, lengths, values, taken, chars, longest, most)


@compiled
def _best_cores(
    table: Int64Table,
    bounds: Int64s,
    starts: Uint32s,
    ends: Uint32s,
    kinds: Uint8s,
    lengths: Int64s,
    weights: Float64s,
    taken: Int64Table,
    chars: int,
    longest: int,
    most: int,
) -> np.ndarray:
    cores = np.empty((len(lengths), 8), dtype=np.int64)
    matches = np.empty((len(table), 5), dtype=np.int64)
    count = end = 0
    while end < len(table):
        begin, row = end, table[end, 0]
        while end < len(table) and table[end, 0] == row:
            end += 1
        others = taken[taken[:, 0] == row]
        present, shown, left = _matches(matches, table[begin:end], others, lengths[row], len(weights), longest, most)
        values = weights * present
        typical = values.sum() / max(present.sum(), 1)
        values = np.where(shown, AGAIN * values, values)
        best, last = _best(matches[:left], values, typical, EARLINESS / max(lengths[row], 1), chars, longest)
        # A heading with nothing new is not worth another passage.
        if best >= 0 and not (matches[best, _IN_HEADING] and shown[matches[best, _UNIT]]):
            first = matches[best, _BEGIN]
            low, high = _room(others, first, lengths[row])
            own = slice(bounds[row], bounds[row + 1])
            start, stop = around(starts[own], ends[own], kinds[own], first, last, low, high, chars)
            cores[count] = row, first, matches[best, _END], last, start, stop, low, high
            count += 1
    return cores[:count]


@inner
def _room(taken: np.ndarray, first: int, length: int) -> tuple[int, int]:
    """From where to where a passage around a place may go without meeting others of its text."""
    low, high = 0, length
    for other in range(len(taken)):
        _, start, stop = taken[other]
        if stop <= first:
            low = max(low, stop)
        elif start > first:
            high = min(high, start)
    return low, high


_UNIT, _BEGIN, _END, _LIMIT, _IN_HEADING = range(5)
"""Of a match: its unit and place, where what may be shown with it ends (at the next passage, or with the text), and
whether it is in a heading."""


@inner
def _matches(
    matches: np.ndarray, table: np.ndarray, taken: np.ndarray, length: int, units: int, longest: int, most: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Writes where a passage may begin to `matches`, and gives which units there are, which of them other passages
    show (bool, shape (units,)), and how many matches were written."""
    counts = np.zeros(units, dtype=np.int64)
    shown = np.zeros(units, dtype=np.bool_)
    left = 0
    for i in range(len(table)):
        _, unit, in_title, begin, end, first_end, _, in_heading = table[i]
        if in_title or counts[unit] == most:
            continue
        counts[unit] += 1
        end = shown_end(begin, end, first_end, longest)
        limit, free = length, True
        for other in range(len(taken)):
            _, start, stop = taken[other]
            if begin >= start and end <= stop:
                shown[unit] = True
            if begin < start:
                limit = min(limit, start)
            free = free and (begin >= stop or end <= start)
        if free:
            matches[left] = unit, begin, end, limit, in_heading
            left += 1
    return counts > 0, shown, left


@inner
def shown_end(begin: int, end: int, first_end: int, longest: int) -> int:
    """Where a match ends, or of a phrase too long for a passage its first word, or as much of it as fits."""
    return end if end - begin <= longest else min(first_end, begin + longest)


@inner
def _best(
    matches: np.ndarray, values: np.ndarray, typical: float, late: float, chars: int, longest: int
) -> tuple[int, int]:
    """The match that the best passage begins with, the first of several, and where the last one in it ends; or -1."""
    following = np.full(len(values), -1, dtype=np.int64)
    best, best_score, best_last = -1, -np.inf, 0
    for i in range(len(matches) - 1, -1, -1):
        following[matches[i, _UNIT]] = i
        begin = matches[i, _BEGIN]
        limit = min(begin + longest, matches[i, _LIMIT])
        value, apart, last = 0.0, 0, 0
        for unit in range(len(values)):
            other = following[unit]
            if other >= 0 and matches[other, _END] <= limit:
                value += values[unit]
                apart = max(apart, matches[other, _BEGIN] - begin)
                last = max(last, matches[other, _END])
        loss = CLOSENESS / chars * apart + late * begin + HEADING * matches[i, _IN_HEADING]
        score = value - typical * loss
        if score >= best_score:
            best, best_score, best_last = i, score, last
    return best, best_last


def marks_in(
    occurrences: Occurrences, rows: Sequence[int], starts: Sequence[int], ends: Sequence[int], longest: int
) -> list[list[tuple[int, int]]]:
    """For each stretch of a text the matches that it shows, as disjoint ranges in reading order.

    A stretch is given by the article's row, which ascend, its start and its end; no two overlap.
    """
    stretches = np.array((rows, starts, ends), dtype=np.int64)
    return _distributed(_marks(occurrences.table, stretches, longest), len(rows))


def title_marks(occurrences: Occurrences, count: int) -> list[list[tuple[int, int]]]:
    """The same for the titles of so many articles."""
    return _distributed(_title_marks(occurrences.table), count)


def _distributed(marks: np.ndarray, count: int) -> list[list[tuple[int, int]]]:
    ranges: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, begin, end in marks.tolist():
        ranges[number].append((begin, end))
    return ranges


@compiled
def _marks(table: Int64Table, stretches: Int64Table, longest: int) -> np.ndarray:
    """Stretch, begin and end of each mark: int64, shape (n, 3)."""
    marks = np.empty((len(table), 3), dtype=np.int64)
    rows, starts, stops = stretches
    count = first = 0
    for stretch in range(len(rows)):
        while first < len(table) and table[first, 0] < rows[stretch]:
            first += 1
        i = first
        while i < len(table) and table[i, 0] == rows[stretch]:
            _, _, in_title, begin, end, first_end, _, _ = table[i]
            end = shown_end(begin, end, first_end, longest)
            if not in_title and begin >= starts[stretch] and end <= stops[stretch]:
                count = _with_mark(marks, count, stretch, begin, end)
            i += 1
    return marks[:count]


@compiled
def _title_marks(table: Int64Table) -> np.ndarray:
    """Row, begin and end of each mark: int64, shape (n, 3)."""
    marks = np.empty((len(table), 3), dtype=np.int64)
    count = 0
    for row, _, in_title, begin, end, _, _, _ in table:
        if in_title:
            count = _with_mark(marks, count, row, begin, end)
    return marks[:count]


@inner
def _with_mark(marks: np.ndarray, count: int, number: int, begin: int, end: int) -> int:
    """Adds a mark, to the last one if they meet: how many there are then."""
    if count and marks[count - 1, 0] == number and begin <= marks[count - 1, 2]:
        marks[count - 1, 2] = max(marks[count - 1, 2], end)
        return count
    marks[count, 0], marks[count, 1], marks[count, 2] = number, begin, end
    return count + 1
