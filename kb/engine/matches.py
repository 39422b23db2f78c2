"""Scored sets of articles and what boolean operators do with them. All pure: nothing changes its arguments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Matches(NamedTuple):
    """Articles of one segment, ascending and each once, and their scores: int32 and float32, shape (n,)."""

    articles: np.ndarray
    scores: np.ndarray


class Candidates(NamedTuple):
    """Matches of one segment, by its number, that a selection lets through."""

    segment: int
    articles: np.ndarray
    scores: np.ndarray


NOTHING = Matches(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


class Clause(NamedTuple):
    """What one part of a query finds in a segment, with scores but for the factor `weight`.

    Either postings of a stem, `begin:end` of the segment's, deleted articles included, or other matches.
    """

    begin: int
    end: int
    weight: float = 1.0
    matches: Matches | None = None

    @classmethod
    def of(cls, matches: Matches, weight: float = 1.0) -> Clause:
        return cls(0, len(matches.articles), weight, matches)


def difference(matches: Matches, excluded: np.ndarray) -> Matches:
    """The matches that are not among the excluded articles (ascending)."""
    if not len(excluded):
        return matches
    places = excluded.searchsorted(matches.articles)
    kept = excluded.take(places, mode="clip") != matches.articles
    return Matches(matches.articles[kept], matches.scores[kept])


def first_of(keys: np.ndarray, wanted: int) -> np.ndarray:
    """Indexes of the `wanted` lowest keys, and of all that equal the last of them, ascending."""
    if len(keys) <= wanted:
        return np.arange(len(keys))
    (found,) = (keys <= np.partition(keys, wanted - 1)[wanted - 1]).nonzero()
    return found
