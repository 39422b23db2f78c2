"""Where the words and phrases of a question stand in the articles found: token numbers from the postings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kb.model import Occurrence, Unit


def occurrences(reader: Any, units: Sequence[Unit], documents: Sequence[int]) -> list[tuple[Occurrence, ...]]:
    """For each document, in the order given, where each unit stands in each of its fields."""
    ascending = sorted(set(documents))
    found: dict[int, list[Occurrence]] = {document: [] for document in ascending}
    positions: dict[tuple[str, str], dict[int, np.ndarray]] = {}
    for number, unit in enumerate(units):
        for field in unit.fields:
            for term in {term for terms in unit.alternatives for term in terms}:
                if (field, term) not in positions:
                    positions[field, term] = _positions(reader, field, term, ascending)
            for document in ascending:
                places = [_union([positions[field, t].get(document) for t in terms]) for terms in unit.alternatives]
                spans = chain(places, unit.slop)
                if len(spans):
                    found[document].append(Occurrence(number, field, spans))
    return [tuple(found[document]) for document in documents]


def chain(places: Sequence[np.ndarray], slop: int) -> np.ndarray:
    """Spans (first token, one past the last; int32, shape (n, 2)) that visit the places in order.

    Each place holds the sorted positions of its word; a word stands 1 to `slop` tokens after the one before it.
    """
    starts = ends = places[0]
    for place in places[1:]:
        if not len(ends) or not len(place):
            return np.empty((0, 2), dtype=np.int32)
        before = np.searchsorted(ends, place) - 1
        near = (before >= 0) & (place - ends[np.maximum(before, 0)] <= slop)
        starts, ends = starts[before[near]], place[near]
    return np.stack([starts, ends + 1], axis=1).astype(np.int32)


def _positions(reader: Any, field: str, term: str, documents: Sequence[int]) -> dict[int, np.ndarray]:
    if (field, term) not in reader:
        return {}
    found: dict[int, np.ndarray] = {}
    matcher = reader.postings(field, term)
    for document in documents:
        if matcher.is_active() and matcher.id() < document:
            matcher.skip_to(document)
        if not matcher.is_active():
            break
        if matcher.id() == document:
            found[document] = np.array(matcher.value_as("positions"), dtype=np.int64)
    return found


def _union(positions: Sequence[np.ndarray | None]) -> np.ndarray:
    present = [p for p in positions if p is not None]
    if not present:
        return np.empty(0, dtype=np.int64)
    return present[0] if len(present) == 1 else np.unique(np.concatenate(present))
