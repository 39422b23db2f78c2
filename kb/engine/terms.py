"""The terms of a generation as they are looked up: on every segment, and how rare they are in all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kb.engine.matches import NOTHING, Clause, Matches
from kb.ranking import idf, mass_of
from kb.segments.postings import NO_ARTICLES, TermReader
from kb.segments.schema import TEXT_FIELDS, WORD_FIELDS

KEPT = 1 << 12
"""Stems that are looked up once: a few hundred bytes each. What is found of other terms is not worth its memory."""


class FoundTerm(NamedTuple):
    """A term: what it is on each segment, in how many articles, and its idf (1 where terms are not weighed).

    `mass` is what it counts among the optional parts of a question; nothing if no article has it.
    """

    parts: tuple[Clause, ...]
    frequency: int
    weight: float
    mass: int


class Terms:
    """The terms of some segments of which `articles` are not deleted; safe to share between threads."""

    def __init__(self, segments: Sequence[TermReader], articles: int) -> None:
        self.segments = segments
        self._articles = articles
        self._nowhere = _found_term((Clause.of(NOTHING),) * len(segments), 0, 1.0)
        self.stem = lru_cache(maxsize=KEPT)(self._found_stem)
        """What is known of a stem: `find` in the field "text"."""

    def find(self, field: str, term: str) -> FoundTerm:
        """What is known of a term; its frequency is 0 if no article has it."""
        if field == "text":
            return self.stem(term)
        reader = [segment.term(field, term) for segment in self.segments]
        if all(leaf is NO_ARTICLES for leaf in reader):
            return self._nowhere
        frequency = sum([len(leaf.articles) for leaf in reader])
        weight = idf(self._articles, frequency) if field in TEXT_FIELDS else 1.0
        return _found_term([Clause.of(Matches(*leaf), weight) for leaf in reader], frequency, weight)

    def postings(self, field: str, term: str, segment: int) -> slice:
        """The postings on a segment of the stem of a term of a text field; an empty slice if no article has it."""
        if field in WORD_FIELDS:
            return self.segments[segment].segment.postings_of_word(term)
        part = self.stem(term).parts[segment]
        return slice(part.begin, part.end)

    def _found_stem(self, stem: str) -> FoundTerm:
        postings = [reader.segment.postings(stem) for reader in self.segments]
        frequency = sum([reader.segment.frequency(p) for reader, p in zip(self.segments, postings, strict=True)])
        weight = idf(self._articles, frequency)
        return _found_term([Clause(p.start, p.stop, weight) for p in postings], frequency, weight)


def _found_term(parts: Sequence[Clause], frequency: int, weight: float) -> FoundTerm:
    return FoundTerm(tuple(parts), frequency, weight, mass_of(weight) if frequency else 0)
