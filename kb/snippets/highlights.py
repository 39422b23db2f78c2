"""Highlights: the matches in a stretch of text, merged into disjoint ranges."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner, signed
from kb.engine.interface import BEGIN, END, FIRST_END, IN_TITLE, ROW
from kb.snippets.columns import PASSAGE_BEGIN, PASSAGE_END, RANGE_BEGIN, RANGE_END


def merged(begins: np.ndarray, ends: np.ndarray) -> list[tuple[int, int]]:
    """Ranges ordered by begin, with overlapping and touching ranges merged."""
    if not len(begins):
        return []
    reached = np.maximum.accumulate(ends)
    gaps = np.flatnonzero(begins[1:] > reached[:-1])
    firsts = begins[np.concatenate(([0], gaps + 1))]
    lasts = reached[np.concatenate((gaps, [len(reached) - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


@inner
def highlights_of(
    matches: np.ndarray, passages: np.ndarray, titles: int, longest: int
) -> tuple[np.ndarray, np.ndarray]:
    """Highlights of passages, ascending by article and without overlap, and then of the first `titles` titles.

    highlights  int64 (h, 2)            begins and ends in the whole text or title, disjoint and in reading order
    bounds      int64 (stretches + 1,)  stretch `i` has the rows `bounds[i]:bounds[i + 1]`

    A match longer than `longest` is highlighted up to `shown_end`.
    """
    highlights = np.empty((len(matches), 2), dtype=np.int64)
    bounds = np.zeros(len(passages) + titles + 1, dtype=np.int64)
    count = first = signed(0)
    for i in range(len(passages)):
        # Invariant: all matches before `first` are of articles before the passage's.
        row, low, high = passages[i, ROW], passages[i, PASSAGE_BEGIN], passages[i, PASSAGE_END]
        while first < len(matches) and matches[first, ROW] < row:
            first += 1
        match, bounds[i] = first, count
        while match < len(matches) and matches[match, ROW] == row:
            begin = matches[match, BEGIN]
            end = shown_end(begin, matches[match, END], matches[match, FIRST_END], longest)
            if not matches[match, IN_TITLE] and begin >= low and end <= high:
                count = _add(highlights, bounds[i], count, begin, end)
            match += 1
    match = 0
    for title in range(titles):
        bounds[len(passages) + title] = count
        while match < len(matches) and matches[match, ROW] == title:
            if matches[match, IN_TITLE]:
                begun = bounds[len(passages) + title]
                count = _add(highlights, begun, count, matches[match, BEGIN], matches[match, END])
            match += 1
    bounds[len(passages) + titles] = count
    return highlights[:count], bounds


@inner
def shown_end(begin: int, end: int, first_end: int, longest: int) -> int:
    """End of a match; of a phrase too long for a passage, end of its first word or as much of the word as fits."""
    return end if end - begin <= longest else min(first_end, begin + longest)


@inner
def _add(highlights: np.ndarray, begun: int, count: int, begin: int, end: int) -> int:
    """Add a range, or extend the last from index `begun` on if both overlap or touch. Returns the new count."""
    if count > begun and begin <= highlights[count - 1, RANGE_END]:
        highlights[count - 1, RANGE_END] = max(highlights[count - 1, RANGE_END], end)
        return count
    highlights[count, RANGE_BEGIN], highlights[count, RANGE_END] = begin, end
    return count + 1
