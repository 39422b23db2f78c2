"""Look-up of terms in all segments of a generation: clauses, document frequency and idf."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from kb.deadline import NEVER, Deadline
from kb.engine.matches import NOTHING, Clause, Matches
from kb.engine.word_postings import word_postings
from kb.ranking import clause_weight, idf
from kb.segments.postings import TermReader
from kb.segments.schema import TEXT_FIELDS, WORD_FIELDS

CACHED_STEMS = 1 << 12
"""Stems in the cache, a few hundred bytes each; the terms of other fields are rarely looked up twice."""


class TermEntry(NamedTuple):
    """Dictionary entry of a term, for all segments."""

    clauses: tuple[Clause, ...]
    """A clause for each segment."""
    frequency: int
    """Number of live articles with the term."""
    idf: float
    """1 for terms of fields without idf."""
    weight: int
    """The clause weight among optional clauses; 0 if no article has the term."""


class Terms:
    """The terms of the segments of a generation, which has `articles` live articles; safe to share between threads."""

    def __init__(self, segments: Sequence[TermReader], articles: int) -> None:
        self.segments = segments
        self.articles = articles
        self._unknown = _entry((Clause.of(NOTHING),) * len(segments), 0, 1.0)
        # Not of a method: in a cycle with this object, the maps of the segments would wait for the collector.
        self.stem = lru_cache(maxsize=CACHED_STEMS)(partial(_find_stem, tuple(segments), articles))
        """`find` in the field "text"."""

    def find(self, field: str, term: str, deadline: Deadline = NEVER) -> TermEntry:
        """The entry of a term of any field; an unknown term has frequency 0.

        Raises DeadlinePassed in a long look-up of a word as written or of a name.
        """
        if field == "text":
            return self.stem(term)
        if field in TEXT_FIELDS:
            postings = [word_postings(reader, field, term, deadline) for reader in self.segments]
        else:
            postings = [reader.term(field, term, deadline) for reader in self.segments]
        frequency = sum([len(docids) for docids, _ in postings])
        if not frequency and field not in TEXT_FIELDS:
            # Few queries are a title: this spares the others some microseconds.
            return self._unknown
        weight = idf(self.articles, frequency) if field in TEXT_FIELDS else 1.0
        return _entry([Clause.of(Matches(docids, impacts), weight) for docids, impacts in postings], frequency, weight)

    def postings(self, field: str, term: str, segment: int) -> slice:
        """Postings on a segment of the stem of a term of a text field; `slice(0, 0)` for an unknown term."""
        if field in WORD_FIELDS:
            return self.segments[segment].segment.postings_of_word(term)
        clause = self.stem(term).clauses[segment]
        return slice(clause.begin, clause.end)


def _find_stem(segments: Sequence[TermReader], articles: int, stem: str) -> TermEntry:
    postings = [reader.segment.postings(stem) for reader in segments]
    frequency = sum([reader.segment.frequency(p) for reader, p in zip(segments, postings, strict=True)])
    weight = idf(articles, frequency)
    return _entry([Clause(p.start, p.stop, weight) for p in postings], frequency, weight)


def _entry(clauses: Sequence[Clause], frequency: int, weight: float) -> TermEntry:
    return TermEntry(tuple(clauses), frequency, weight, clause_weight(weight) if frequency else 0)
