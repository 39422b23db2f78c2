"""Scored sets of articles and boolean operators; no function changes an argument."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Matches(NamedTuple):
    """Matching articles of a segment, ascending and distinct, with scores: int32 and float32, shape (n,)."""

    docids: np.ndarray
    scores: np.ndarray


class SelectedMatches(NamedTuple):
    """Matches that pass the filters of a selection, in a segment given by index."""

    segment: int
    docids: np.ndarray
    scores: np.ndarray


NOTHING = Matches(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))
"""No match."""


class Clause(NamedTuple):
    """A clause of a query in a segment: postings of a stem, or matches; scores are still without the boost.

    Postings are the indexes `begin:end` in the inversion of the segment, deleted articles included; without any, both
    are 0.
    """

    begin: int
    end: int
    boost: float = 1.0
    """Factor of the scores: the idf times the boost of the query."""
    matches: Matches | None = None
    """Matches instead of postings: `begin` is 0, `end` the number of matches."""

    @classmethod
    def of(cls, matches: Matches, boost: float = 1.0) -> Clause:
        """Matches as a clause."""
        return cls(0, len(matches.docids), boost, matches)


def difference(matches: Matches, excluded: np.ndarray) -> Matches:
    """The matches without the excluded docids, which are ascending (int32)."""
    if not len(excluded):
        return matches
    indexes = excluded.searchsorted(matches.docids)
    remaining = excluded.take(indexes, mode="clip") != matches.docids
    return Matches(matches.docids[remaining], matches.scores[remaining])
