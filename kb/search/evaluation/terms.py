"""The terms of a generation as they are looked up: on every segment, and how rare they are in all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kb.indexing.columnar.leaves import TEXT_FIELDS, SegmentLeaves
from kb.search.evaluation.matches import Part
from kb.search.ranking import idf

KEPT = 1 << 12
"""Stems that are looked up once: slices of arrays, a few hundred bytes each.

Other terms, and stems where articles are deleted, are copies, which are not worth their memory.
"""


class FoundTerm(NamedTuple):
    """A term: what it is on each segment, in how many articles, and its idf (1 where terms are not weighed)."""

    parts: tuple[Part, ...]
    frequency: int
    weight: float


class Terms:
    """The terms of some segments of which `articles` are not deleted; safe to share between threads."""

    def __init__(self, segments: Sequence[SegmentLeaves], articles: int) -> None:
        self.segments = segments
        self._articles = articles
        self._kept = lru_cache(maxsize=KEPT)(self._found)
        self._keeps = all(leaves.segment.live is None for leaves in segments)

    def find(self, field: str, term: str) -> FoundTerm:
        """What is known of a term; its frequency is 0 if no article has it."""
        return (self._kept if self._keeps and field == "text" else self._found)(field, term)

    def _found(self, field: str, term: str) -> FoundTerm:
        leaves = [segment.term(field, term) for segment in self.segments]
        frequency = sum([len(leaf.articles) for leaf in leaves])
        weight = idf(self._articles, frequency) if field in TEXT_FIELDS else 1.0
        factor = np.array([weight], dtype=np.float32)
        return FoundTerm(tuple([Part(*leaf, factor) for leaf in leaves]), frequency, weight)
