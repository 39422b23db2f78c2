"""Cursors over the positions of several terms in one article, for a merge in reading order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import inner


class Cursors(NamedTuple):
    """For each term the index of the next position in an article, and of the end of the positions: int64, (terms,)."""

    next: np.ndarray
    end: np.ndarray


@inner
def new_cursors(terms: int) -> Cursors:
    """Cursors of terms without any position."""
    return Cursors(np.zeros(terms, dtype=np.int64), np.zeros(terms, dtype=np.int64))


@inner
def seek(cursors: Cursors, postings: np.ndarray, article: int, offsets: np.ndarray) -> int:
    """Set the cursors to the positions in an article, a row of `postings_of`; returns the number of terms present."""
    present = 0
    for term in range(len(cursors.next)):
        posting = postings[article, term]
        cursors.next[term], cursors.end[term] = (offsets[posting], offsets[posting + 1]) if posting >= 0 else (0, 0)
        present += posting >= 0
    return present


@inner
def next_term(cursors: Cursors, positions: np.ndarray) -> tuple[int, int]:
    """The term with the lowest next position, of ties the last, and the position; term -1 at the end."""
    term, position = -1, 0
    for candidate in range(len(cursors.next) - 1, -1, -1):
        index = cursors.next[candidate]
        if index < cursors.end[candidate] and (term < 0 or positions[index] < position):
            term, position = candidate, positions[index]
    return term, position
