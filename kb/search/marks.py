"""Which of a question's words a stretch of text shows: as ranges to be marked, for all that a page shows at once."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner


@inner
def marks_in(table: np.ndarray, passages: np.ndarray, titles: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """The matches that each of some passages shows, and then those in the titles of the first `titles` articles.

    `table` is that of `Occurrences`; `passages` have the article's row, which ascend, and where they begin and end. The
    marks are disjoint and in reading order, int64, shape (m, 2): where each begins and ends in the whole text; those of
    the i-th stretch are the rows `bounds[i]:bounds[i + 1]`. What is longer than `longest` is marked to `shown_end`.
    """
    marks = np.empty((len(table), 2), dtype=np.int64)
    bounds = np.zeros(len(passages) + titles + 1, dtype=np.int64)
    count = first = 0
    for passage in range(len(passages)):
        row, start, stop = passages[passage, 0], passages[passage, 1], passages[passage, 2]
        while first < len(table) and table[first, 0] < row:
            first += 1
        i, begun = first, count
        while i < len(table) and table[i, 0] == row:
            begin = table[i, 3]
            end = shown_end(begin, table[i, 4], table[i, 5], longest)
            if not table[i, 2] and begin >= start and end <= stop:
                count = _with_mark(marks, begun, count, begin, end)
            i += 1
        bounds[passage + 1] = count
    i = 0
    for title in range(titles):
        begun = count
        while i < len(table) and table[i, 0] == title:
            if table[i, 2]:
                count = _with_mark(marks, begun, count, table[i, 3], table[i, 4])
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
