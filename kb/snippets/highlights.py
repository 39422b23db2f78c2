"""Which of a question's words a stretch of text shows: as ranges to be marked, for all that a page shows at once."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner
from kb.engine.interface import BEGIN, END, FIRST_END, IN_TITLE, ROW


@inner
def marks_in(table: np.ndarray, passages: np.ndarray, titles: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """The matches that each of some passages shows, and then those in the titles of the first `titles` articles.

    `table` is that of `Positions`; `passages` have the article's row, which ascend, and where they begin and end. The
    marks are disjoint and in reading order, int64, shape (m, 2): where each begins and ends in the whole text; those of
    the i-th stretch are the rows `bounds[i]:bounds[i + 1]`. What is longer than `longest` is marked to `shown_end`.
    """
    marks = np.empty((len(table), 2), dtype=np.int64)
    bounds = np.zeros(len(passages) + titles + 1, dtype=np.int64)
    count = first = 0
    for passage in range(len(passages)):
        row, start, stop = passages[passage, 0], passages[passage, 1], passages[passage, 2]
        while first < len(table) and table[first, ROW] < row:
            first += 1
        i, begun = first, count
        while i < len(table) and table[i, ROW] == row:
            begin = table[i, BEGIN]
            end = shown_end(begin, table[i, END], table[i, FIRST_END], longest)
            if not table[i, IN_TITLE] and begin >= start and end <= stop:
                count = _with_mark(marks, begun, count, begin, end)
            i += 1
        bounds[passage + 1] = count
    i = 0
    for title in range(titles):
        begun = count
        while i < len(table) and table[i, ROW] == title:
            if table[i, IN_TITLE]:
                count = _with_mark(marks, begun, count, table[i, BEGIN], table[i, END])
            i += 1
        bounds[len(passages) + title + 1] = count
    return marks[:count], bounds


@inner
def shown_end(begin: int, end: int, first_end: int, longest: int) -> int:
    """Where a match ends, or of a phrase too long for a passage its first word, or as much of it as fits."""
    return end if end - begin <= longest else min(first_end, begin + longest)


@inner
def _with_mark(marks: np.ndarray, begun: int, count: int, begin: int, end: int) -> int:
    """Adds a mark, to the last one of those from `begun` on if they meet: how many there are then."""
    if count > begun and begin <= marks[count - 1, 1]:
        marks[count - 1, 1] = max(marks[count - 1, 1], end)
        return count
    marks[count, 0], marks[count, 1] = begin, end
    return count + 1
