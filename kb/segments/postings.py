"""What one segment knows of a term: which articles have it, where it stands in them, and what it adds to their scores.

Scores are not weighed here by how rare the term is: that depends on all segments.

| field | terms |
|---|---|
| `text`, `title`, `body` | stems, in both, in the title alone, in the text alone |
| `word`, `title_word`, `body_word` | words as written, likewise |
| `title_key` | the stems of a whole title |
| `site`, `author`, `tag`, `language` | names as `Analyzer.keyword` makes them |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kb.segments.arrays import unpack_string
from kb.segments.impacts import Grid, length_norms, saturated
from kb.segments.schema import NAME_FIELDS, STEM_FIELDS, WORD_FIELDS
from kb.segments.segment import OpenSegment
from kb.text.tokens import Analyzer

MOST_SLOP = 1000
"""How far apart the words of a phrase may stand at most."""

FIELD_GAP = 2 * MOST_SLOP
"""Between the places of one field and those of the next, so that no phrase reaches across."""


class Postings(NamedTuple):
    """Articles of one segment, ascending, and what a term adds to each but for its rarity: int32, float32, (n,)."""

    articles: np.ndarray
    impacts: np.ndarray


class TermPositions(NamedTuple):
    """Where a term stands: tokens of the segment, ascending, and whose they are: int64 and int32, shape (n,)."""

    tokens: np.ndarray
    articles: np.ndarray


class TermReader:
    """The reader of one segment."""

    def __init__(self, segment: OpenSegment, grid: Grid, analyzer: Analyzer) -> None:
        self.segment = segment
        self.grid = grid
        self.text_average = grid.averages[1]
        """How many tokens the texts are taken to have on average."""
        self._analyzer = analyzer

    def term(self, field: str, term: str) -> Postings:
        """The articles that have a term and are not deleted."""
        segment = self.segment
        if field == "text":
            postings = segment.postings(term)
            return self._live(Postings(segment.inversion.docids[postings], segment.impacts[postings]))
        if field in NAME_FIELDS:
            return self._live(_constant(np.flatnonzero(self.having(field, [term]))))
        if field == "title_key":
            titled = segment.titled(term)
            return self._live(_constant(np.array(sorted(titled)))) if titled else NO_ARTICLES
        return self._live(self._counted(self.positions(field, term)))

    def positions(self, field: str, term: str) -> TermPositions:
        """Where a term of a text field stands: a stem in text, title and body; a word as written in the others."""
        segment = self.segment
        as_written = field in WORD_FIELDS
        postings = segment.postings_of_word(term) if as_written else segment.postings(term)
        bounds = segment.inversion.offsets[postings.start : postings.stop + 1]
        if len(bounds) < 2:
            return TermPositions(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32))
        tokens = segment.inversion.positions[bounds[0] : bounds[-1]].astype(np.int64)
        articles = np.repeat(segment.inversion.docids[postings], np.diff(bounds))
        kept = np.ones(len(tokens), dtype=bool)
        if as_written:
            kept &= segment.arrays["tokens"][tokens] == segment.words.get(term, -1)
        if field.startswith(("title", "body")):
            in_title = tokens - segment.inversion.bounds[articles] < segment.inversion.title_tokens[articles]
            kept &= in_title == field.startswith("title")
        return TermPositions(tokens[kept], articles[kept])

    def terms(self, field: str) -> Iterator[str]:
        """All terms of a field in the order of their bytes, those of deleted articles included."""
        segment = self.segment
        if field in NAME_FIELDS:
            yield from sorted(set(self.name_keys[field]), key=str.encode)
        elif field in WORD_FIELDS:
            yield from sorted(segment.words.keys(), key=str.encode)
        elif field in STEM_FIELDS:
            yield from sorted(segment.stems.keys(), key=str.encode)

    def having(self, field: str, keys: Sequence[str]) -> np.ndarray:
        """Which articles have one of these names, given as `Analyzer.keyword` makes them: bool, shape (d,)."""
        arrays = self.segment.arrays
        wanted = [code for code, key in enumerate(self.name_keys[field]) if key in keys]
        bounds = arrays[f"{field}_bounds"]
        mask = np.zeros(self.segment.count, dtype=bool)
        if wanted:
            owners = np.repeat(np.arange(self.segment.count), np.diff(bounds))
            mask[owners[np.isin(arrays[f"{field}_codes"], wanted)]] = True
        return mask

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The names in each name field, as written."""
        arrays = self.segment.arrays
        return {
            field: [unpack_string(arrays[f"{field}_values"], bounds, code) for code in range(len(bounds) - 1)]
            for field in NAME_FIELDS
            for bounds in [arrays[f"{field}_value_bounds"]]
        }

    @cached_property
    def name_keys(self) -> dict[str, list[str]]:
        """The same as `Analyzer.keyword` makes them."""
        return {field: [self._analyzer.keyword(name) for name in names] for field, names in self.names.items()}

    def _counted(self, places: TermPositions) -> Postings:
        """The articles of some places, with impacts for these places alone."""
        if not len(places.tokens):
            return _constant(np.empty(0, dtype=np.int32))
        segment = self.segment
        first = np.ones(len(places.articles), dtype=bool)
        first[1:] = places.articles[1:] != places.articles[:-1]
        begins = np.flatnonzero(first)
        articles = places.articles[begins]
        counts = np.diff(np.append(begins, len(places.articles)))
        titles = (
            places.tokens - segment.inversion.bounds[places.articles] < segment.inversion.title_tokens[places.articles]
        )
        in_title = np.add.reduceat(titles, begins, dtype=np.int64)
        title_norm, text_norm = self._norms
        return Postings(articles, saturated(in_title / title_norm[articles], (counts - in_title) / text_norm[articles]))

    def spaced(self, places: TermPositions) -> np.ndarray:
        """The places with room between articles, and between the title and the text of each."""
        segment = self.segment
        in_text = (
            places.tokens - segment.inversion.bounds[places.articles] >= segment.inversion.title_tokens[places.articles]
        )
        return places.tokens + FIELD_GAP * (2 * places.articles.astype(np.int64) + in_text)

    def _live(self, leaf: Postings) -> Postings:
        if self.segment.live is None:
            return leaf
        kept = self.segment.live[leaf.articles]
        return Postings(leaf.articles[kept], leaf.impacts[kept])

    @cached_property
    def _norms(self) -> tuple[np.ndarray, np.ndarray]:
        return length_norms(self.segment.arrays, self.grid)


NO_ARTICLES = Postings(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


def _constant(articles: np.ndarray) -> Postings:
    return Postings(articles.astype(np.int32), np.ones(len(articles), dtype=np.float32))
