"""Cursors over the positions of several terms in one article, for a merge in reading order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import inner


class Cursors(NamedTuple):
    """Positions of each term in one article that are still to be read: `positions[next[term]:end[term]]`.

    int64, shape (terms,) each.
    """

    next: np.ndarray
    end: np.ndarray


@inner
def new_cursors(terms: int) -> Cursors:
    """Cursors of `terms` terms, all at the end."""
    return Cursors(np.zeros(terms, dtype=np.int64), np.zeros(terms, dtype=np.int64))


@inner
def seek(cursors: Cursors, postings: np.ndarray, row: int, offsets: np.ndarray) -> int:
    """Set the cursors to the first positions in an article; returns the number of terms that the article has.

    The article is a row of `postings`, the table of `postings_of`; `offsets` are those of the inversion.
    """
    present = 0
    for term in range(len(cursors.next)):
        posting = postings[row, term]
        cursors.next[term], cursors.end[term] = (offsets[posting], offsets[posting + 1]) if posting >= 0 else (0, 0)
        present += posting >= 0
    return present


@inner
def next_term(cursors: Cursors, positions: np.ndarray) -> tuple[int, int]:
    """(term with the lowest next position, that position); ties go to the last term; term -1 if no position is left."""
    term, position = -1, 0
    # Invariant: `term` has the lowest next position of all terms after `candidate`.
    for candidate in range(len(cursors.next) - 1, -1, -1):
        index = cursors.next[candidate]
        if index < cursors.end[candidate] and (term < 0 or positions[index] < position):
            term, position = candidate, positions[index]
    return term, position
