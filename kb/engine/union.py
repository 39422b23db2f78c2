"""Union of clauses with a weighted minimum-should-match, in a loop over postings.

The clauses of an article must have a summed weight of at least `min_weight`. As in MaxScore, the longest lists are not
essential, as many as have a summed weight below `min_weight`: articles are taken from the essential lists alone, and
looked up in the rest.

Source: Turtle and Flood 1995, "Query Evaluation: Strategies and Optimizations"; clause weights stand in for their upper
bounds of scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.compiled import Bools, Float32s, Float64s, Int32s, Int64Table, compiled, inner
from kb.engine.galloping import indexes_of
from kb.engine.matches import NOTHING, Clause, Matches
from kb.segments.segment import OpenSegment

_LISTED, _BEGIN, _END, _WEIGHT = range(4)
"""Columns of `Clauses.table`:

* _LISTED: 1 for listed matches, 0 for postings of the segment
* _BEGIN, _END: indexes in the listed matches or in the postings
* _WEIGHT: the clause weight
"""


class Clauses(NamedTuple):
    """Clauses in a segment as arrays."""

    table: np.ndarray
    """A row for each clause with articles: int64, shape (clauses, 4)."""
    boosts: np.ndarray
    """The factors of the clauses' scores: float64, shape (clauses,)."""
    min_weight: int
    articles: int
    """Number of articles of the segment, live and deleted."""
    docids: np.ndarray
    impacts: np.ndarray
    """Postings of the segment: int32 and float32."""
    listed_docids: np.ndarray
    listed_scores: np.ndarray
    """Matches of the clauses that are no postings, end to end: int32 and float32."""
    live: np.ndarray
    """False for deleted articles: bool, shape (articles,); empty if none is deleted."""


class Sums(NamedTuple):
    """Articles, ascending, with sums of scores and weights over clauses: int32, float64 and int64, shape (n,)."""

    docids: np.ndarray
    scores: np.ndarray
    weights: np.ndarray


def at_least(min_weight: int, clauses: Sequence[Clause], weights: Sequence[int], segment: OpenSegment) -> Matches:
    """Live articles with clauses of a summed weight of at least `min_weight`, which is 1 or more, and sums of scores.

    A clause of weight 0 only adds to scores. Sums of float32 in float64 are exact in any order, unless boosts differ by
    many powers of ten: hence scores do not depend on the spread of articles over segments.
    """
    as_arrays = clauses_of(min_weight, clauses, weights, segment)
    return Matches(*_union(*as_arrays)) if as_arrays else NOTHING


def clauses_of(
    min_weight: int, clauses: Sequence[Clause], weights: Sequence[int], segment: OpenSegment
) -> Clauses | None:
    """The clauses as arrays; None if the sum of all weights is below `min_weight`."""
    listed: list[Matches] = [NOTHING]
    rows: list[int] = []
    boosts: list[float] = []
    total = count = 0
    for (begin, end, boost, matches), weight in zip(clauses, weights, strict=True):
        if begin == end:
            continue
        total += weight
        boosts.append(boost)
        if matches is None:
            rows += (0, begin, end, weight)
        else:
            rows += (1, count, count + end, weight)
            listed.append(matches)
            count += end
    if total < min_weight:
        return None
    docids, scores = _joined(listed)
    live = _NONE_DELETED if segment.live is None else segment.live
    # An array of a flat list is made in a third of the time.
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    stored = segment.inversion.docids, segment.impacts
    return Clauses(table, np.array(boosts), min_weight, segment.count, *stored, docids, scores, live)


def _joined(listed: Sequence[Matches]) -> Matches:
    """Matches end to end; `listed` begins with NOTHING."""
    if len(listed) <= 2:
        return listed[-1]
    return Matches(*(np.concatenate(column) for column in zip(*listed[1:], strict=True)))


_NONE_DELETED = np.empty(0, dtype=bool)
"""Empty mask of live articles."""


@compiled
def _union(
    table: Int64Table,
    boosts: Float64s,
    min_weight: int,
    articles: int,
    docids: Int32s,
    impacts: Float32s,
    listed_docids: Int32s,
    listed_scores: Float32s,
    live: Bools,
) -> tuple[np.ndarray, np.ndarray]:
    return union(Clauses(table, boosts, min_weight, articles, docids, impacts, listed_docids, listed_scores, live))


@inner
def union(clauses: Clauses) -> tuple[np.ndarray, np.ndarray]:
    """Docids and scores of the matches of `at_least`: int32 and float32."""
    table, live = clauses.table, clauses.live
    if len(table) == 1 and len(live) == 0:
        only = _sums_of(clauses, 0)
        return only.docids, only.scores.astype(np.float32)
    order, essential = _essential(table, clauses.min_weight)
    sums = _union_of_essential(clauses, order[:essential])
    ahead = 0
    for clause in order[essential:]:
        ahead += table[clause, _WEIGHT]
    # Invariant: `sums` has, over the clauses so far, every article that can reach the minimum with the clauses ahead.
    for clause in order[essential:]:
        ahead -= table[clause, _WEIGHT]
        count = _look_up(sums, clauses, clause, clauses.min_weight - ahead)
        sums = Sums(sums.docids[:count], sums.scores[:count], sums.weights[:count])
    scores = np.empty(len(sums.docids), dtype=np.float32)
    count = 0
    for i in range(len(scores)):
        docid = sums.docids[i]
        sums.docids[count], scores[count] = docid, sums.scores[i]
        count += sums.weights[i] >= clauses.min_weight and (len(live) == 0 or live[docid])
    return sums.docids[:count], scores[:count]


@inner
def _essential(table: np.ndarray, min_weight: int) -> tuple[np.ndarray, int]:
    """Order of the clauses (int64), the shortest first and weight 0 last; and the number of essential clauses.

    Essential clauses are the first in the order; an article without any of them weighs less than `min_weight`.
    """
    order = np.empty(len(table), dtype=np.int64)
    # Insertion sort: order[:clause] is sorted.
    for clause in range(len(table)):
        i = clause
        while i and _comes_before(table[clause], table[order[i - 1]]):
            order[i] = order[i - 1]
            i -= 1
        order[i] = clause
    essential, spare = len(order), min_weight - 1
    # Invariant: the clauses order[essential:] weigh `min_weight - 1 - spare` together.
    while essential > 1 and table[order[essential - 1], _WEIGHT] <= spare:
        essential -= 1
        spare -= table[order[essential], _WEIGHT]
    return order, essential


@inner
def _comes_before(row: np.ndarray, other: np.ndarray) -> bool:
    """Whether the clause of `row` comes before that of `other`: with a weight before without, then by length."""
    if (row[_WEIGHT] == 0) != (other[_WEIGHT] == 0):
        return row[_WEIGHT] != 0
    return row[_END] - row[_BEGIN] < other[_END] - other[_BEGIN]


@inner
def _union_of_essential(clauses: Clauses, essential: np.ndarray) -> Sums:
    """Sums over the essential clauses: by a table of all articles for many postings, else by merging in turn."""
    length = 0
    for clause in essential:
        length += clauses.table[clause, _END] - clauses.table[clause, _BEGIN]
    if length * len(essential) > 2 * clauses.articles:
        return _sums_by_table(clauses, essential)
    sums = _sums_of(clauses, essential[0])
    for clause in essential[1:]:
        sums = _merged(sums, _sums_of(clauses, clause))
    return sums


@inner
def _postings(clauses: Clauses, clause: int) -> Matches:
    """Docids and scores of a clause; scores are still without the boost."""
    begin, end = clauses.table[clause, _BEGIN], clauses.table[clause, _END]
    if clauses.table[clause, _LISTED]:
        return Matches(clauses.listed_docids[begin:end], clauses.listed_scores[begin:end])
    return Matches(clauses.docids[begin:end], clauses.impacts[begin:end])


@inner
def _sums_by_table(clauses: Clauses, essential: np.ndarray) -> Sums:
    """Sums over several clauses, in arrays with an element for each article of the segment."""
    scores = np.zeros(clauses.articles, dtype=np.float64)
    weights = np.zeros(clauses.articles, dtype=np.int64)
    for clause in essential:
        postings, boost = _postings(clauses, clause), np.float32(clauses.boosts[clause])
        weight = clauses.table[clause, _WEIGHT]
        for i in range(len(postings.docids)):
            scores[postings.docids[i]] += postings.scores[i] * boost
            weights[postings.docids[i]] += weight
    docids = np.empty(clauses.articles, dtype=np.int32)
    count = 0
    # The articles are moved to the front in place: `count` never exceeds `docid`.
    for docid in range(clauses.articles):
        if weights[docid]:
            docids[count], scores[count], weights[count] = docid, scores[docid], weights[docid]
            count += 1
    return Sums(docids[:count], scores[:count], weights[:count])


@inner
def _sums_of(clauses: Clauses, clause: int) -> Sums:
    """Sums over a single clause."""
    postings, boost = _postings(clauses, clause), np.float32(clauses.boosts[clause])
    scores = np.empty(len(postings.scores), dtype=np.float64)
    for i in range(len(scores)):
        scores[i] = postings.scores[i] * boost
    return Sums(postings.docids.copy(), scores, np.full(len(scores), clauses.table[clause, _WEIGHT], dtype=np.int64))


@inner
def _merged(left: Sums, right: Sums) -> Sums:
    """Sums over two disjoint groups of clauses, by a merge in the order of docids."""
    room = len(left.docids) + len(right.docids)
    merged = Sums(np.empty(room, dtype=np.int32), np.empty(room, dtype=np.float64), np.empty(room, dtype=np.int64))
    i = j = n = 0
    # Invariant: the first `n` of `merged` are the articles before `left[i]` and `right[j]`.
    while i < len(left.docids) and j < len(right.docids):
        # Without a branch: no processor can foresee the side with the lower docid.
        in_left, in_right = left.docids[i] <= right.docids[j], right.docids[j] <= left.docids[i]
        merged.docids[n] = min(left.docids[i], right.docids[j])
        merged.scores[n] = left.scores[i] * in_left + right.scores[j] * in_right
        merged.weights[n] = left.weights[i] * in_left + right.weights[j] * in_right
        i += in_left
        j += in_right
        n += 1
    n = _append(merged, n, left, i)
    n = _append(merged, n, right, j)
    return Sums(merged.docids[:n], merged.scores[:n], merged.weights[:n])


@inner
def _append(merged: Sums, count: int, sums: Sums, begin: int) -> int:
    """Copy the articles of `sums` from `begin` on behind the first `count` merged ones; returns the new count."""
    for i in range(begin, len(sums.docids)):
        merged.docids[count] = sums.docids[i]
        merged.scores[count], merged.weights[count] = sums.scores[i], sums.weights[i]
        count += 1
    return count


@inner
def _look_up(sums: Sums, clauses: Clauses, clause: int, min_weight: int) -> int:
    """Add a clause to `sums`, and move the articles that now weigh at least `min_weight` to the front.

    Returns their number; the elements behind them are overwritten.
    """
    postings, boost = _postings(clauses, clause), np.float32(clauses.boosts[clause])
    weight = clauses.table[clause, _WEIGHT]
    indexes = indexes_of(sums.docids, postings.docids, clauses.articles)
    count = 0
    for i in range(len(indexes)):
        is_in = indexes[i] >= 0
        sums.docids[count] = sums.docids[i]
        sums.scores[count] = sums.scores[i] + (postings.scores[indexes[i]] * boost if is_in else 0.0)
        sums.weights[count] = sums.weights[i] + weight * is_in
        count += sums.weights[count] >= min_weight
    return count
