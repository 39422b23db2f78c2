"""The proximity bonus of an article, for terms of a query near each other.

    gain(a) = sum of idf(b) / d  over the neighbours b of each a in reading order, d <= PROXIMITY_WINDOW tokens apart
    bonus   = sum over the terms a of  PROXIMITY_WEIGHT * min(1, idf(a)) * gain(a) / (gain(a) + norm)

Neighbours are occurrences of two terms of the query with no term of the query in between; the tokens of the title come
before the tokens of the text. `norm` is K1 times the length norm of the text, as in BM25F.

Source: Büttcher, Clarke and Lushman 2006, "Term Proximity Scoring for Ad-Hoc Retrieval on Very Large Text Collections";
there, the distance is squared and has no bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from kb.compiled import Float64s, Int32s, Int64s, Int64Table, compiled, inner
from kb.deadline import Deadline
from kb.engine.cursors import Cursors, new_cursors, next_term, seek
from kb.engine.galloping import postings_of
from kb.engine.matches import Clause
from kb.ranking import K1, PROXIMITY_WEIGHT, PROXIMITY_WINDOW, length_norm
from kb.segments.inversion import Inversion
from kb.segments.postings import TermReader

STEPS = 1 << 22
"""Comparisons of positions between two looks at the deadline: some milliseconds."""

_MARGIN = 1e-3
"""More than the rounding error of a bonus."""


class ProximityTerms(NamedTuple):
    """The terms of a query with a proximity bonus, in a segment, as arrays."""

    ranges: np.ndarray
    """Begin and end of the postings of each term: int64, shape (terms, 2)."""
    idfs: np.ndarray
    """float64, shape (terms,)."""
    text_average: float
    """Average length of a text in tokens."""
    inversion: Inversion


class Proximity:
    """The terms of a query with a proximity bonus, in a segment; fewer than two terms have none."""

    def __init__(self, reader: TermReader, terms: Sequence[Clause]) -> None:
        """`terms` are clauses of postings, one for each stem; clauses without postings are left out."""
        self._terms: tuple[np.ndarray, np.ndarray, float]
        idfs = [idf for _, end, idf, _ in terms if end]
        if len(idfs) > 1:
            ranges = [index for begin, end, _, _ in terms if end for index in (begin, end)]
            self._terms = np.array(ranges, dtype=np.int64).reshape(-1, 2), np.array(idfs), reader.text_average
        else:
            self._terms = *_NO_TERMS, reader.text_average
        self.segment = reader.segment
        self.long_articles = reader.long_articles if len(idfs) > 1 else _NO_ARTICLES
        """Articles whose bonus is worked out in steps, ascending docids: int32, shape (n,)."""

    @property
    def arrays(self) -> tuple[Any, ...]:
        """The fields of `ProximityTerms` in their order, but for the docids of the inversion: arguments of loops."""
        return (*self._terms, *self.segment.inversion[1:])

    @property
    def most(self) -> float:
        """Upper bound of the bonus of any article."""
        return float(max_bonus(self._terms[1]))

    def bonuses(self, docids: np.ndarray) -> np.ndarray:
        """The bonus of each article, given by ascending docids (int32): float64, shape (docids,)."""
        return _bonuses(docids, self.segment.inversion.docids, *self.arrays)

    def bonus_in_steps(self, docid: int, deadline: Deadline, steps: int = STEPS) -> float:
        """The bonus of one article, however long; raises DeadlinePassed between two calls of the loop."""
        ranges, idfs, text_average = self._terms
        _, offsets, positions, bounds, title_tokens = self.segment.inversion
        first, last = _ends_in_article(docid, ranges, self.segment.inversion.docids, offsets)
        gains, previous = np.zeros(len(idfs)), np.array([-1, 0])
        most = max(1, steps // len(idfs))
        while (first < last).any():
            first, gains, previous = _read_neighbours(idfs, positions, first, last, gains, previous, most)
            deadline.check()
        return float(weighed(idfs, gains, text_norm(bounds, title_tokens, docid, text_average)))


_NO_TERMS = np.empty((0, 2), dtype=np.int64), np.empty(0)
_NO_ARTICLES = np.empty(0, dtype=np.int32)


def _ends_in_article(
    docid: int, ranges: np.ndarray, docids: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Begin and end of the positions of each term in an article, two equal without any: int64, shape (terms,) each."""
    ends = np.zeros((2, len(ranges)), dtype=np.int64)
    for term, (begin, end) in enumerate(ranges.tolist()):
        posting = begin + int(docids[begin:end].searchsorted(np.int32(docid)))
        if posting < end and docids[posting] == docid:
            ends[:, term] = offsets[posting : posting + 2]
    return ends[0], ends[1]


@compiled
def _read_neighbours(
    idfs: Float64s, positions: Int32s, first: Int64s, last: Int64s, gains: Float64s, previous: Int64s, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read at most so many positions: new begins of the terms' positions, gains, and (term, position) of the latest."""
    cursors, added, latest = Cursors(first.copy(), last.copy()), gains.copy(), previous.copy()
    read_neighbours(idfs, cursors, positions, added, latest, most)
    return cursors.next, added, latest


@compiled
def _bonuses(
    wanted: Int32s,
    docids: Int32s,
    ranges: Int64Table,
    idfs: Float64s,
    text_average: float,
    offsets: Int64s,
    positions: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> np.ndarray:
    inversion = Inversion(docids, offsets, positions, bounds, title_tokens)
    # Copies can be written to, as in the other loops: so `postings_of` is compiled once.
    return bonuses(wanted.copy(), ProximityTerms(ranges, idfs, text_average, inversion))


@inner
def bonuses(wanted: np.ndarray, terms: ProximityTerms) -> np.ndarray:
    """The bonus of each wanted article, given by ascending docids (int32): float64, shape (wanted,)."""
    idfs, inversion = terms.idfs, terms.inversion
    _, offsets, positions, bounds, title_tokens = inversion
    added = np.zeros(len(wanted), dtype=np.float64)
    postings = postings_of(wanted, terms.ranges, inversion.docids, len(title_tokens))
    cursors, gains = new_cursors(len(idfs)), np.empty(len(idfs), dtype=np.float64)
    for i in range(len(wanted)):
        if seek(cursors, postings, i, offsets) > 1:
            norm = text_norm(bounds, title_tokens, wanted[i], terms.text_average)
            added[i] = bonus(idfs, cursors, positions, norm, gains)
    return added


@inner
def text_norm(bounds: np.ndarray, title_tokens: np.ndarray, docid: int, text_average: float) -> float:
    """K1 times the length norm of the text of an article."""
    length = bounds[docid + 1] - bounds[docid] - title_tokens[docid]
    return K1 * length_norm(length, text_average)


@inner
def max_bonus(idfs: np.ndarray) -> float:
    """Upper bound of the bonus of any article."""
    bound = 0.0
    for idf in idfs:
        bound += PROXIMITY_WEIGHT * min(1.0, idf)
    return bound + _MARGIN if len(idfs) else 0.0


@inner
def bonus_bound(idfs: np.ndarray, cursors: Cursors, norm: float) -> float:
    """Upper bound of the bonus of the article under the cursors: each occurrence has two neighbours at distance 1.

    Every pair has an occurrence of another term; `total` occurrences make `total - 1` pairs.
    """
    heaviest, total = 0.0, 0
    for term in range(len(idfs)):
        if cursors.next[term] < cursors.end[term]:
            heaviest = max(heaviest, idfs[term])
            total += cursors.end[term] - cursors.next[term]
    bound = _MARGIN
    for term in range(len(idfs)):
        own = cursors.end[term] - cursors.next[term]
        gain = heaviest * min(2 * own, 2 * (total - own), total - 1)
        bound += PROXIMITY_WEIGHT * min(1.0, idfs[term]) * (gain / (gain + norm))
    return bound


@inner
def bonus(idfs: np.ndarray, cursors: Cursors, positions: np.ndarray, norm: float, gains: np.ndarray) -> float:
    """The bonus of the article under the cursors, which move to the end; overwrites `gains`, float64, (terms,)."""
    gains[:] = 0.0
    latest = np.array([-1, 0])
    read_neighbours(idfs, cursors, positions, gains, latest, len(positions))
    return weighed(idfs, gains, norm)


@inner
def read_neighbours(
    idfs: np.ndarray, cursors: Cursors, positions: np.ndarray, gains: np.ndarray, latest: np.ndarray, most: int
) -> None:
    """Add the pairs of neighbours among the next `most` positions to `gains`, float64, shape (terms,).

    `latest` is the latest position read: int64, (term, position), term -1 at first. Cursors and `latest` move on.
    """
    previous, previous_position = latest[0], latest[1]
    for _ in range(most):
        # Invariant: `gains` has every pair of neighbours up to the previous occurrence.
        term, position = next_term(cursors, positions)
        if term < 0:
            break
        cursors.next[term] += 1
        distance = position - previous_position
        if previous >= 0 and term != previous and distance <= PROXIMITY_WINDOW:
            gains[term] += idfs[previous] / distance
            gains[previous] += idfs[term] / distance
        previous, previous_position = term, position
    latest[0], latest[1] = previous, previous_position


@inner
def weighed(idfs: np.ndarray, gains: np.ndarray, norm: float) -> float:
    """The bonus of an article with these gains by term."""
    added = 0.0
    for term in range(len(idfs)):
        added += PROXIMITY_WEIGHT * min(1.0, idfs[term]) * (gains[term] / (gains[term] + norm))
    return added
