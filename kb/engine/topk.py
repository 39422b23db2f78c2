"""The k best articles by final score: the score, plus the proximity bonus.

Articles so long that others would wait for their bonus are left to the end, and their bonus is worked out in steps.

The bonus is costly. As in MaxScore, there is a threshold, the k-th best final score so far, and an article is skipped
if the score plus an upper bound of the bonus is below it. The k best articles by score come first: they raise the
threshold for the rest.

Source: Turtle and Flood 1995, "Query Evaluation: Strategies and Optimizations".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import Bools, Float32s, Float64s, Int32s, Int64s, Int64Table, compiled, inner
from kb.deadline import NEVER, Deadline, DeadlinePassed
from kb.engine.cursors import new_cursors, seek
from kb.engine.galloping import postings_of
from kb.engine.matches import Matches
from kb.engine.proximity import Proximity, ProximityTerms, bonus, bonus_bound, max_bonus, text_norm
from kb.engine.union import Clauses, union
from kb.segments.inversion import Inversion

_BLOCK = 4096
"""Articles to look up postings of at a time, with eight bytes for each pair of article and term."""


class Candidates(NamedTuple):
    """Articles that can be among the k best.

    docids  int32 (n,)    ascending
    scores  float32 (n,)  without the bonus
    finals  float32 (n,)  with the bonus; minus infinity for an article skipped or not looked at yet
    """

    docids: np.ndarray
    scores: np.ndarray
    finals: np.ndarray


class TopK(NamedTuple):
    """The k best articles of a segment, by ascending docid; ties go to the first ids."""

    total: int
    """Number of matching articles."""
    docids: np.ndarray
    """int32, shape (n,), n at most k."""
    scores: np.ndarray
    """Final scores: float32, shape (n,)."""
    is_complete: bool = True
    """False where the deadline passed before every bonus was known."""


def top_k_of_matches(matches: Matches, k: int, proximity: Proximity, deadline: Deadline = NEVER) -> TopK:
    """The k best of matches; the bonus of a long article is left out once the deadline has passed."""
    is_long = np.isin(matches.docids, proximity.long_articles) if len(proximity.long_articles) else _NONE_LONG
    if not is_long.any():
        return _of_short(matches, k, proximity)
    short = _of_short(Matches(matches.docids[~is_long], matches.scores[~is_long]), k, proximity)
    least = short.scores.min() if len(short.docids) == k and k else -np.inf
    docids, finals, is_complete = short.docids.tolist(), short.scores.tolist(), True
    for docid, score in zip(matches.docids[is_long].tolist(), matches.scores[is_long].tolist(), strict=True):
        if score + proximity.most < least:
            continue
        docids.append(docid)
        finals.append(score)
        try:
            finals[-1] += proximity.bonus_in_steps(docid, deadline) if is_complete else 0.0
        except DeadlinePassed:
            is_complete = False
    best_docids, best_finals = np.array(docids, dtype=np.int32), np.array(finals, dtype=np.float32)
    best = np.lexsort((proximity.segment.id_ranks[best_docids], -best_finals))[:k]
    best = best[best_docids[best].argsort()]
    return TopK(len(matches.docids), best_docids[best], best_finals[best], is_complete)


def bonuses_of(docids: np.ndarray, proximity: Proximity, deadline: Deadline) -> tuple[np.ndarray, bool]:
    """The bonus of each article (ascending docids, int32), and whether none was left out: float64, shape (n,)."""
    is_long = np.isin(docids, proximity.long_articles) if len(proximity.long_articles) else _NONE_LONG
    if not is_long.any():
        return proximity.bonuses(docids), True
    added = np.zeros(len(docids))
    added[~is_long] = proximity.bonuses(docids[~is_long])
    try:
        for index in np.flatnonzero(is_long).tolist():
            added[index] = proximity.bonus_in_steps(int(docids[index]), deadline)
    except DeadlinePassed:
        return added, False
    return added, True


_NONE_LONG = np.zeros(1, dtype=bool)


def _of_short(matches: Matches, k: int, proximity: Proximity) -> TopK:
    segment = proximity.segment
    docids = segment.inversion.docids
    return TopK(len(matches.docids), *_top_k_of_matches(*matches, k, segment.id_ranks, docids, *proximity.arrays))


def top_k_of_union(clauses: Clauses, k: int, proximity: Proximity) -> TopK:
    """The k best of the union of clauses, in a single compiled call; for a segment without long articles."""
    return TopK(*_top_k_of_union(*clauses, k, proximity.segment.id_ranks, *proximity.arrays))


@compiled
def _top_k_of_matches(
    matching: Int32s,
    scores: Float32s,
    k: int,
    id_ranks: Int32s,
    docids: Int32s,
    ranges: Int64Table,
    idfs: Float64s,
    text_average: float,
    offsets: Int64s,
    positions: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> tuple[np.ndarray, np.ndarray]:
    inversion = Inversion(docids, offsets, positions, bounds, title_tokens)
    # Copies can be written to, as the arrays of a union: so `top_k` is compiled once.
    return top_k(matching.copy(), scores.copy(), k, id_ranks, ProximityTerms(ranges, idfs, text_average, inversion))


@compiled
def _top_k_of_union(
    table: Int64Table,
    boosts: Float64s,
    min_weight: int,
    articles: int,
    docids: Int32s,
    impacts: Float32s,
    listed_docids: Int32s,
    listed_scores: Float32s,
    live: Bools,
    k: int,
    id_ranks: Int32s,
    ranges: Int64Table,
    idfs: Float64s,
    text_average: float,
    offsets: Int64s,
    positions: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> tuple[int, np.ndarray, np.ndarray]:
    clauses = Clauses(table, boosts, min_weight, articles, docids, impacts, listed_docids, listed_scores, live)
    inversion = Inversion(docids, offsets, positions, bounds, title_tokens)
    matching, scores = union(clauses)
    best, finals = top_k(matching, scores, k, id_ranks, ProximityTerms(ranges, idfs, text_average, inversion))
    return len(matching), best, finals


@inner
def top_k(
    docids: np.ndarray, scores: np.ndarray, k: int, id_ranks: np.ndarray, terms: ProximityTerms
) -> tuple[np.ndarray, np.ndarray]:
    """Docids (int32) and final scores (float32) of the k best articles among those given, by ascending docid."""
    # No bonus is negative: the k-th best score is a lower bound of the k-th best final score.
    threshold = kth_best(scores, k)
    possible = _between(scores, threshold - max_bonus(terms.idfs), np.inf)
    docids, scores = docids[possible], scores[possible]
    candidates = Candidates(docids, scores, np.full(len(scores), -np.inf, dtype=np.float32))
    heap = np.full(max(0, min(k, len(scores))), -np.inf, dtype=np.float32)
    if len(heap):
        _offer(_between(scores, threshold, np.inf), candidates, heap, terms)
        _offer(_between(scores, -np.inf, threshold), candidates, heap, terms)
    best = are_best(candidates.finals, id_ranks[docids], k, heap)
    return docids[best], candidates.finals[best]


@inner
def _between(scores: np.ndarray, least: float, below: float) -> np.ndarray:
    """Indexes of the scores with `least` <= score < `below`, ascending: int64."""
    indexes = np.empty(len(scores), dtype=np.int64)
    count = 0
    # Without a branch: an index is overwritten unless `count` moves on.
    for i in range(len(scores)):
        indexes[count] = i
        count += least <= scores[i] < below
    return indexes[:count]


@inner
def _offer(offered: np.ndarray, candidates: Candidates, heap: np.ndarray, terms: ProximityTerms) -> None:
    """Write the final scores of the offered candidates, and replace lower final scores in the heap.

    `offered` has indexes of candidates (int64) and is overwritten; `heap` holds the k best of the final scores written.
    Candidates without a chance to come into the heap are skipped.
    """
    # Taken out of the tuples, arrays cost nothing in the loops.
    docids, scores, finals = candidates
    ranges, idfs, text_average, inversion = terms
    posting_docids, offsets, positions, bounds, title_tokens = inversion
    cursors, gains = new_cursors(len(idfs)), np.empty(len(idfs), dtype=np.float64)
    greatest = max_bonus(idfs)
    for begin in range(0, len(offered), _BLOCK):
        block = offered[begin : begin + _BLOCK]
        count = 0
        for i in block:
            block[count] = i
            count += scores[i] + greatest >= heap[0]
        block = block[:count]
        postings = postings_of(docids[block], ranges, posting_docids, len(title_tokens))
        for n in range(count):
            i = block[n]
            final = scores[i]
            if final + greatest < heap[0]:
                continue
            if seek(cursors, postings, n, offsets) > 1:
                norm = text_norm(bounds, title_tokens, docids[i], text_average)
                if final + bonus_bound(idfs, cursors, norm) < heap[0]:
                    continue
                final = np.float32(final + bonus(idfs, cursors, positions, norm, gains))
            finals[i] = final
            if final > heap[0]:
                replace_lowest(heap, final)


@inner
def kth_best(scores: np.ndarray, k: int) -> float:
    """The k-th best of the scores (float32); minus infinity for k scores or fewer, or for k below 1."""
    if k < 1 or len(scores) <= k:
        return -np.inf
    heap = np.full(k, -np.inf, dtype=np.float32)
    lowest = heap[0]
    # Invariant: the heap holds the k best of the scores so far.
    for score in scores:
        if score > lowest:
            replace_lowest(heap, score)
            lowest = heap[0]
    return lowest


@inner
def replace_lowest(heap: np.ndarray, score: float) -> None:
    """Replace the lowest score of a binary min-heap, at index 0, by a new score."""
    parent = 0
    # Invariant: `heap` would be a heap but for `parent`, which is free and whose parent is below `score`.
    while True:
        child = 2 * parent + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[parent] = heap[child]
        parent = child
    heap[parent] = score


@inner
def are_best(scores: np.ndarray, id_ranks: np.ndarray, k: int, heap: np.ndarray) -> np.ndarray:
    """Mask of the k best scores (bool); ties go to the lowest id rank. `heap` holds the values of the k best scores."""
    if len(heap) == 0:
        return np.zeros(len(scores), dtype=np.bool_)
    best = scores >= heap[0]
    surplus = best.sum() - k
    if surplus > 0:
        ties = scores == heap[0]
        best &= ~ties | (id_ranks < np.sort(id_ranks[ties])[-surplus])
    return best
