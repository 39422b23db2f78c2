"""Articles that have enough of the parts of a query, and what these add up to: one loop over postings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.compiled import Bools, Float32s, Float64Table, Int32s, compiled, inner
from kb.engine.galloping import places_of
from kb.engine.matches import NOTHING, Clause, Matches
from kb.segments.segment import OpenSegment

_OWN, _BEGIN, _END, _MASS, _WEIGHT = range(5)
"""Of a part in a table: 1 if it is not postings of the segment, where its articles are, its mass, and its weight."""


class Clauses(NamedTuple):
    """Parts of a query in one segment as compiled loops take them: which there are, and where their articles are."""

    table: np.ndarray
    """A row for each part that is there: float64, which holds whole numbers up to 2^53 exactly, shape (parts, 5)."""
    needed: int
    articles: int
    """How many articles the segment has."""
    owners: np.ndarray
    impacts: np.ndarray
    own_articles: np.ndarray
    own_scores: np.ndarray
    """Of the parts that are not postings of the segment."""
    live: np.ndarray
    """Which articles are not deleted, bool; empty if none is."""


def arranged(parts: Sequence[Clause], masses: Sequence[int], needed: int, segment: OpenSegment) -> Clauses | None:
    """The parts for `enough`; None if all of them together are not enough."""
    articles, scores = NOTHING
    rows: list[float] = []
    rest = 0
    for (begin, end, weight, matches), mass in zip(parts, masses, strict=True):
        if begin == end:
            continue
        rest += mass
        if matches is None:
            rows += (0, begin, end, mass, weight)
        else:
            rows += (1, len(articles), len(articles) + end, mass, weight)
            articles = np.concatenate([articles, matches.articles]) if len(articles) else matches.articles
            scores = np.concatenate([scores, matches.scores]) if len(scores) else matches.scores
    if rest < needed:
        return None
    live = _NONE_DELETED if segment.live is None else segment.live
    owners, impacts = segment.inversion.docids, segment.impacts
    # To make an array of a flat list takes a third of the time.
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Clauses(table, needed, segment.count, owners, impacts, articles, scores, live)


_NONE_DELETED = np.empty(0, dtype=bool)


def enough_of(parts: Sequence[Clause], masses: Sequence[int], needed: int, segment: OpenSegment) -> Matches:
    """Articles whose parts have a mass of at least `needed` (one or more), and the sums of their scores.

    Masses are whole numbers; a part of mass 0 adds to the scores of what the others find. Sums are of float32 in
    float64, where they are exact whatever the order, unless weights differ by many powers of ten: so they are the same
    however the articles are spread over segments.
    """
    there = arranged(parts, masses, needed, segment)
    return Matches(*_enough(*there)) if there else NOTHING


@compiled
def _enough(
    table: Float64Table,
    needed: int,
    count: int,
    owners: Int32s,
    impacts: Float32s,
    own_articles: Int32s,
    own_scores: Float32s,
    live: Bools,
) -> tuple[np.ndarray, np.ndarray]:
    return enough(table, needed, count, owners, impacts, own_articles, own_scores, live)


@inner
def enough(
    parts: np.ndarray,
    needed: int,
    count: int,
    owners: np.ndarray,
    impacts: np.ndarray,
    own_articles: np.ndarray,
    own_scores: np.ndarray,
    live: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """What `enough_of` gives, of what is in `Clauses`."""
    table, weights = parts.astype(np.int64), parts[:, _WEIGHT].copy()
    if len(table) == 1 and len(live) == 0:
        found = _one(table[0], weights[0], owners, impacts, own_articles, own_scores)
        return found[0], found[1].astype(np.float32)
    order, essential = _order(table, needed)
    sizes = table[:, _END] - table[:, _BEGIN]
    if sizes[order[:essential]].sum() * essential > 2 * count:
        found = _added(table, weights, order[:essential], count, owners, impacts, own_articles, own_scores)
    else:
        found = _one(table[order[0]], weights[order[0]], owners, impacts, own_articles, own_scores)
        for part in order[1:essential]:
            found = _united(found, _one(table[part], weights[part], owners, impacts, own_articles, own_scores))
    articles, scores, masses = found
    rest = table[:, _MASS].sum() - table[order[:essential], _MASS].sum()
    for part in order[essential:]:
        begin, end = table[part, _BEGIN], table[part, _END]
        others = own_articles[begin:end] if table[part, _OWN] else owners[begin:end]
        adds = own_scores[begin:end] if table[part, _OWN] else impacts[begin:end]
        rest -= table[part, _MASS]
        found = articles, scores, masses
        kept = _look_up(found, others, adds, weights[part], table[part, _MASS], needed - rest, count)
        articles, scores, masses = articles[:kept], scores[:kept], masses[:kept]
    rounded = np.empty(len(articles), dtype=np.float32)
    kept = 0
    for i in range(len(articles)):
        articles[kept] = articles[i]
        rounded[kept] = scores[i]
        kept += masses[i] >= needed and (len(live) == 0 or live[articles[i]])
    return articles[:kept], rounded[:kept]


@inner
def _order(table: np.ndarray, needed: int) -> tuple[np.ndarray, int]:
    """The parts, small ones first and those of no mass last, and how many are essential.

    Whatever has enough has one of the essential parts: the others, the largest, have too little together.
    """
    sizes = table[:, _END] - table[:, _BEGIN]
    order = np.empty(len(table), dtype=np.int64)
    for part in range(len(table)):
        place = part
        while place and (table[order[place - 1], _MASS] == 0, sizes[order[place - 1]]) > (
            table[part, _MASS] == 0,
            sizes[part],
        ):
            order[place] = order[place - 1]
            place -= 1
        order[place] = part
    essential, spare = len(order), needed - 1
    while essential > 1 and table[order[essential - 1], _MASS] <= spare:
        essential -= 1
        spare -= table[order[essential], _MASS]
    return order, essential


@inner
def _added(
    table: np.ndarray,
    weights: np.ndarray,
    parts: np.ndarray,
    count: int,
    owners: np.ndarray,
    impacts: np.ndarray,
    own_articles: np.ndarray,
    own_scores: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is in any of the parts, with its scores and masses: by an array of all articles."""
    scores = np.zeros(count, dtype=np.float64)
    masses = np.zeros(count, dtype=np.int64)
    for part in parts:
        begin, end, factor = table[part, _BEGIN], table[part, _END], np.float32(weights[part])
        articles = own_articles[begin:end] if table[part, _OWN] else owners[begin:end]
        adds = own_scores[begin:end] if table[part, _OWN] else impacts[begin:end]
        for i in range(len(articles)):
            scores[articles[i]] += adds[i] * factor
            masses[articles[i]] += table[part, _MASS]
    found = np.empty(count, dtype=np.int32)
    kept = 0
    for article in range(count):
        if masses[article]:
            found[kept], scores[kept], masses[kept] = article, scores[article], masses[article]
            kept += 1
    return found[:kept], scores[:kept], masses[:kept]


@inner
def _one(
    part: np.ndarray,
    weight: float,
    owners: np.ndarray,
    impacts: np.ndarray,
    own_articles: np.ndarray,
    own_scores: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is in one part, with its scores and masses."""
    begin, end, factor = part[_BEGIN], part[_END], np.float32(weight)
    articles = own_articles[begin:end] if part[_OWN] else owners[begin:end]
    adds = own_scores[begin:end] if part[_OWN] else impacts[begin:end]
    scores = np.empty(len(adds), dtype=np.float64)
    for i in range(len(adds)):
        scores[i] = adds[i] * factor
    return articles.copy(), scores, np.full(len(articles), part[_MASS], dtype=np.int64)


@inner
def _united(
    some: tuple[np.ndarray, np.ndarray, np.ndarray], others: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is in either of two."""
    articles, scores, masses = some
    other_articles, other_scores, other_masses = others
    most = len(articles) + len(other_articles)
    found = np.empty(most, dtype=np.int32)
    sums = np.empty(most, dtype=np.float64)
    weights = np.empty(most, dtype=np.int64)
    i = j = n = 0
    while i < len(articles) and j < len(other_articles):
        # Without a branch: which of the two comes next cannot be foreseen.
        here, there = articles[i] <= other_articles[j], other_articles[j] <= articles[i]
        found[n] = min(articles[i], other_articles[j])
        sums[n] = scores[i] * here + other_scores[j] * there
        weights[n] = masses[i] * here + other_masses[j] * there
        i += here
        j += there
        n += 1
    while i < len(articles):
        found[n], sums[n], weights[n] = articles[i], scores[i], masses[i]
        i += 1
        n += 1
    while j < len(other_articles):
        found[n], sums[n], weights[n] = other_articles[j], other_scores[j], other_masses[j]
        j += 1
        n += 1
    return found[:n], sums[:n], weights[:n]


@inner
def _look_up(
    found: tuple[np.ndarray, np.ndarray, np.ndarray],
    others: np.ndarray,
    adds: np.ndarray,
    weight: float,
    mass: int,
    least: int,
    count: int,
) -> int:
    """Adds another part to the articles found, and keeps those with a mass of `least`: how many these are."""
    articles, scores, masses = found
    factor = np.float32(weight)
    places = places_of(articles, others, count)
    kept = 0
    for i in range(len(articles)):
        is_there = places[i] >= 0
        articles[kept] = articles[i]
        scores[kept] = scores[i] + (adds[places[i]] * factor if is_there else 0.0)
        masses[kept] = masses[i] + mass * is_there
        kept += masses[kept] >= least
    return kept
