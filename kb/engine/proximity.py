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
from kb.engine.cursors import Cursors, new_cursors, next_term, seek
from kb.engine.galloping import postings_of
from kb.engine.matches import Clause
from kb.ranking import K1, PROXIMITY_WEIGHT, PROXIMITY_WINDOW, length_norm
from kb.segments.inversion import Inversion
from kb.segments.postings import TermReader

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

    @property
    def arrays(self) -> tuple[Any, ...]:
        """The fields of `ProximityTerms` in their order, but for the docids of the inversion: arguments of loops."""
        return (*self._terms, *self.segment.inversion[1:])

    def bonuses(self, docids: np.ndarray) -> np.ndarray:
        """The bonus of each article, given by ascending docids (int32): float64, shape (docids,)."""
        return _bonuses(docids, self.segment.inversion.docids, *self.arrays)


_NO_TERMS = np.empty((0, 2), dtype=np.int64), np.empty(0)


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
    previous, previous_position = -1, 0
    while True:
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
    added = 0.0
    for term in range(len(idfs)):
        added += PROXIMITY_WEIGHT * min(1.0, idfs[term]) * (gains[term] / (gains[term] + norm))
    return added
