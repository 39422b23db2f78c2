"""Words that stand one after the other: phrases, in one article or in all of a segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.indexing.columnar.leaves import MOST_SLOP, Places, SegmentLeaves

_NOTHING = np.empty(0, dtype=np.int64)


def chain(places: Sequence[np.ndarray], slop: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last positions of the spans that visit the places in order; int64, shape (n,).

    Each place holds the sorted positions of its word; a word stands 1 to `slop` tokens after the one before it.
    """
    starts = ends = places[0]
    for place in places[1:]:
        if not len(ends) or not len(place):
            return _NOTHING, _NOTHING
        before = np.searchsorted(ends, place) - 1
        near = (before >= 0) & (place - ends[np.maximum(before, 0)] <= slop)
        starts, ends = starts[before[near]], place[near]
    return starts, ends


def articles_with_phrase(leaves: SegmentLeaves, field: str, terms: Sequence[str], slop: int) -> np.ndarray:
    """The articles in which the terms stand one after the other, ascending: int32."""
    places = [leaves.places(field, term) for term in terms]
    common = places[0].articles
    for other in places[1:]:
        common = common[np.isin(common, other.articles)]
    chosen = []
    for place in places:
        kept = np.isin(place.articles, common)
        chosen.append(Places(place.tokens[kept], place.articles[kept]))
    spaced = [leaves.spaced(place) for place in chosen]
    starts, _ = chain(spaced, min(slop, MOST_SLOP))
    return np.unique(chosen[0].articles[np.searchsorted(spaced[0], starts)])
