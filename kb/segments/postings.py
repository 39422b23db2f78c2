"""The postings of a term in one segment: articles, positions, and impacts on their scores.

Impacts are without idf, which depends on all segments. Fields and the form of their terms: `schema.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kb.segments.arrays import unpack_string
from kb.segments.impacts import Grid, length_norms, saturated
from kb.segments.schema import FIELDS
from kb.segments.segment import OpenSegment
from kb.text.tokens import Analyzer

MOST_SLOP = 1000
"""Greatest distance in tokens between neighbouring words of a phrase."""

FIELD_GAP = 2 * MOST_SLOP
"""Added to positions between the title and the text, and between articles, so that no phrase reaches across."""


class Postings(NamedTuple):
    """Docids of one segment, ascending, int32, and the impact of a term on each, float32; shape (n,) each."""

    articles: np.ndarray
    impacts: np.ndarray


class TermPositions(NamedTuple):
    """Positions of a term as tokens of the segment, ascending, int64, and their docids, int32; shape (n,) each."""

    tokens: np.ndarray
    articles: np.ndarray


class TermReader:
    """Reader of the terms of one segment."""

    def __init__(self, segment: OpenSegment, grid: Grid, analyzer: Analyzer) -> None:
        self.segment = segment
        self.grid = grid
        self.text_average = grid.averages[1]
        """Average tokens of a text, by the grid."""
        self._analyzer = analyzer

    def term(self, field: str, term: str) -> Postings:
        """The postings of a term in articles not deleted."""
        segment = self.segment
        if field == "text":
            postings = segment.postings(term)
            return self._live(Postings(segment.inversion.docids[postings], segment.impacts[postings]))
        form = FIELDS[field].form
        if form == "name":
            return self._live(_unweighted(np.flatnonzero(self.having(field, [term]))))
        if form == "title":
            titled = segment.titled(term)
            return self._live(_unweighted(np.array(sorted(titled)))) if titled else NO_ARTICLES
        return self._live(self._weighted(self.positions(field, term)))

    def positions(self, field: str, term: str) -> TermPositions:
        """Positions of a term of a text field, deleted articles included."""
        segment, inversion = self.segment, self.segment.inversion
        _, form, in_title, in_body, _ = FIELDS[field]
        postings = segment.postings_of_word(term) if form == "word" else segment.postings(term)
        offsets = inversion.offsets[postings.start : postings.stop + 1]
        if len(offsets) < 2:
            return TermPositions(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32))
        tokens = inversion.positions[offsets[0] : offsets[-1]].astype(np.int64)
        positions = TermPositions(tokens, np.repeat(inversion.docids[postings], np.diff(offsets)))
        mask = np.ones(len(tokens), dtype=bool)
        if form == "word":
            mask &= segment.tokens[tokens] == segment.words.get(term, -1)
        if not (in_title and in_body):
            mask &= self._are_in_title(positions) == in_title
        return TermPositions(tokens[mask], positions.articles[mask])

    def terms(self, field: str) -> Iterator[str]:
        """The terms of a field in the order of their bytes, terms of deleted articles included."""
        form = FIELDS[field].form
        if form == "name":
            yield from sorted(set(self.name_keys[field]), key=str.encode)
        elif form == "word":
            yield from sorted(self.segment.words.keys(), key=str.encode)
        elif form == "stem":
            yield from sorted(self.segment.stems.keys(), key=str.encode)

    def having(self, field: str, keys: Sequence[str]) -> np.ndarray:
        """Mask of the articles with one of the names, given as `Analyzer.keyword` returns them: bool, shape (d,)."""
        column = self.segment.name_columns[field]
        wanted = [code for code, key in enumerate(self.name_keys[field]) if key in keys]
        mask = np.zeros(self.segment.count, dtype=bool)
        if wanted:
            owners = np.repeat(np.arange(self.segment.count), np.diff(column.bounds))
            mask[owners[np.isin(column.codes, wanted)]] = True
        return mask

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The distinct names of each name field, as written, by code."""
        return {
            field: [unpack_string(values, bounds, code) for code in range(len(bounds) - 1)]
            for field, (_, _, values, bounds) in self.segment.name_columns.items()
        }

    @cached_property
    def name_keys(self) -> dict[str, list[str]]:
        """The names of each name field as `Analyzer.keyword` returns them, by code."""
        return {field: [self._analyzer.keyword(name) for name in names] for field, names in self.names.items()}

    def spaced(self, positions: TermPositions) -> np.ndarray:
        """Tokens moved apart by FIELD_GAP at each begin of an article and of a text: int64, shape (n,)."""
        gaps = 2 * positions.articles.astype(np.int64) + ~self._are_in_title(positions)
        return positions.tokens + FIELD_GAP * gaps

    def _weighted(self, positions: TermPositions) -> Postings:
        """The articles of the positions, with impacts of these positions alone."""
        articles = positions.articles
        if not len(articles):
            return _unweighted(articles)
        is_first = np.ones(len(articles), dtype=bool)
        is_first[1:] = articles[1:] != articles[:-1]
        begins = np.flatnonzero(is_first)
        docids, counts = articles[begins], np.diff(np.append(begins, len(articles)))
        in_title = np.add.reduceat(self._are_in_title(positions), begins, dtype=np.int64)
        title_norm, text_norm = self._norms
        return Postings(docids, saturated(in_title / title_norm[docids], (counts - in_title) / text_norm[docids]))

    def _are_in_title(self, positions: TermPositions) -> np.ndarray:
        """Mask of the positions in titles: bool, shape (n,)."""
        inversion = self.segment.inversion
        in_article = positions.tokens - inversion.bounds[positions.articles]
        return in_article < inversion.title_tokens[positions.articles]

    def _live(self, postings: Postings) -> Postings:
        if self.segment.live is None:
            return postings
        mask = self.segment.live[postings.articles]
        return Postings(postings.articles[mask], postings.impacts[mask])

    @cached_property
    def _norms(self) -> tuple[np.ndarray, np.ndarray]:
        return length_norms(self.segment.arrays, self.grid)


NO_ARTICLES = Postings(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


def _unweighted(articles: np.ndarray) -> Postings:
    """Postings of impact 1."""
    return Postings(articles.astype(np.int32), np.ones(len(articles), dtype=np.float32))
