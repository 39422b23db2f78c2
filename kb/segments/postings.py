"""The postings of a term in one segment: docids, impacts and positions.

Impacts are without idf, which depends on all segments. The fields and the forms of their terms are in `schema.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kb.deadline import NEVER, Deadline
from kb.errors import IndexDamaged
from kb.segments.impacts import Grid, length_norms, saturated
from kb.segments.names import FieldNames
from kb.segments.schema import FIELDS
from kb.segments.segment import OpenSegment
from kb.text.tokens import Analyzer

MOST_SLOP = 1000
"""Greatest distance in tokens between neighbouring words of a phrase."""

LONG_ARTICLE = 50_000
"""Tokens of an article that can take a loop over all positions of a question longer than others may wait."""

FIELD_GAP = 2 * MOST_SLOP
"""Gap in the positions between the title and the text of an article, so that no phrase reaches across."""


class Postings(NamedTuple):
    """Postings of a term in one segment.

    docids   int32 (n,)    ascending
    impacts  float32 (n,)
    """

    docids: np.ndarray
    impacts: np.ndarray


NO_POSTINGS = Postings(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


class TermPositions(NamedTuple):
    """Occurrences of a term in one segment, in reading order.

    positions  int64 (n,)  indexes of tokens of the segment
    docids     int32 (n,)  article of each position
    """

    positions: np.ndarray
    docids: np.ndarray


class TermReader:
    """Reader of the terms of one segment; the grid gives the average lengths that impacts depend on."""

    def __init__(self, segment: OpenSegment, grid: Grid, analyzer: Analyzer) -> None:
        self.segment = segment
        self.grid = grid
        self.text_average = grid.averages[1]
        """Average tokens of a text, by the grid."""
        self._analyzer = analyzer

    def term(self, field: str, term: str, deadline: Deadline = NEVER) -> Postings:
        """The postings of a term in live articles; raises DeadlinePassed while the names of a field are read."""
        segment = self.segment
        if field == "text":
            postings = segment.postings(term)
            return self._live(Postings(segment.inversion.docids[postings], segment.impacts[postings]))
        form = FIELDS[field].form
        if form == "name":
            return self._live(_unweighted(np.flatnonzero(self.names[field].having([term], deadline))))
        if form == "title":
            titled = segment.titled(term)
            return self._live(_unweighted(np.array(sorted(titled)))) if titled else NO_POSTINGS
        return self._live(self._weighted(self.positions(field, term)))

    def positions(self, field: str, term: str) -> TermPositions:
        """Positions of a term of a text field, deleted articles included; raises IndexDamaged."""
        segment, inversion = self.segment, self.segment.inversion
        _, form, in_title, in_body, _ = FIELDS[field]
        postings = segment.postings_in(field, term)
        offsets = inversion.offsets[postings.start : postings.stop + 1]
        if len(offsets) < 2:
            return TermPositions(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32))
        if offsets[0] < 0 or offsets[-1] > len(inversion.positions) or (offsets[1:] < offsets[:-1]).any():
            raise IndexDamaged(f"segment {segment.name} is damaged: the positions of {term} are not in it")
        positions = inversion.positions[offsets[0] : offsets[-1]].astype(np.int64)
        docids = np.repeat(inversion.docids[postings], np.diff(offsets))
        mask = np.ones(len(positions), dtype=bool)
        if form == "word":
            mask &= segment.tokens[positions] == segment.word_in(field, term)
        if not (in_title and in_body):
            mask &= self._are_in_title(TermPositions(positions, docids)) == in_title
        return TermPositions(positions[mask], docids[mask])

    def terms(self, field: str) -> Iterator[str]:
        """The terms of a field in the order of their bytes, terms of deleted articles included."""
        form = FIELDS[field].form
        if form == "name":
            yield from sorted(set(self.names[field].keys()), key=str.encode)
        elif form == "word":
            yield from sorted(self.segment.words.keys(), key=str.encode)
        elif form == "stem":
            yield from sorted(self.segment.stems.keys(), key=str.encode)

    @cached_property
    def long_articles(self) -> np.ndarray:
        """Articles of more than LONG_ARTICLE tokens, ascending docids: int32, shape (n,)."""
        lengths = np.diff(self.segment.inversion.bounds)
        return np.flatnonzero(lengths > LONG_ARTICLE).astype(np.int32)

    @cached_property
    def names(self) -> dict[str, FieldNames]:
        """The names of each name field."""
        return {field: FieldNames(column, self._analyzer) for field, column in self.segment.name_columns.items()}

    def positions_in_articles(self, positions: TermPositions) -> np.ndarray:
        """Positions from the begin of their article, with a gap of FIELD_GAP before the text: int64, shape (n,)."""
        begins = self.segment.inversion.bounds[positions.docids]
        return positions.positions - begins + FIELD_GAP * ~self._are_in_title(positions)

    def _weighted(self, positions: TermPositions) -> Postings:
        """Postings of the articles of the positions, with the impact of these positions alone."""
        owners = positions.docids
        if not len(owners):
            return NO_POSTINGS
        is_first = np.ones(len(owners), dtype=bool)
        is_first[1:] = owners[1:] != owners[:-1]
        begins = np.flatnonzero(is_first)
        docids, counts = owners[begins], np.diff(np.append(begins, len(owners)))
        in_title = np.add.reduceat(self._are_in_title(positions), begins, dtype=np.int64)
        title_norm, text_norm = self.norms
        return Postings(docids, saturated(in_title / title_norm[docids], (counts - in_title) / text_norm[docids]))

    def _are_in_title(self, positions: TermPositions) -> np.ndarray:
        """Mask of the positions in titles: bool, shape (n,)."""
        inversion = self.segment.inversion
        in_article = positions.positions - inversion.bounds[positions.docids]
        return in_article < inversion.title_tokens[positions.docids]

    def _live(self, postings: Postings) -> Postings:
        """The postings in live articles."""
        if self.segment.live is None:
            return postings
        mask = self.segment.live[postings.docids]
        return Postings(postings.docids[mask], postings.impacts[mask])

    @cached_property
    def norms(self) -> tuple[np.ndarray, np.ndarray]:
        """Length norms of the titles and of the texts, without the weights of both: float64, shape (d,) each."""
        return length_norms(self.segment.arrays, self.grid)


def _unweighted(docids: np.ndarray) -> Postings:
    """Postings of impact 1."""
    return Postings(docids.astype(np.int32), np.ones(len(docids), dtype=np.float32))
