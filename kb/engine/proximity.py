"""The best articles, and what the words of a query add to their scores by standing near each other.

    near(a) = sum of idf(b) / d  over the neighbours b of each a in reading order, d <= PROXIMITY_WINDOW tokens apart
    bonus   = sum over the words a of  PROXIMITY_WEIGHT * min(1, idf(a)) * near(a) / (near(a) + norm)

Neighbours are occurrences of words of the query, another one each, with no word of the query between them; the title's
tokens come before the text's. `norm` is K1 times the length norm of the text, as in BM25F.

Source: Büttcher, Clarke and Lushman 2006, "Term Proximity Scoring for Ad-Hoc Retrieval on Very Large Text Collections",
section 3; there the distance is squared and unbounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kb.compiled import Bools, Float32s, Float64Table, Int32s, Int64s, compiled, inner
from kb.engine.galloping import rows_of
from kb.engine.matches import Clause
from kb.engine.topk import are_best, nth_best, replace_lowest
from kb.engine.union import Clauses, enough
from kb.ranking import K1, PROXIMITY_WEIGHT, PROXIMITY_WINDOW, B
from kb.segments.postings import TermReader

_MARGIN = 1e-3
"""More than a bonus can differ from itself by being rounded."""

_WEIGHT = 2
"""Of a word in a table, behind where its postings begin and end: its idf."""

_NO_WORDS = np.empty((0, 3))


class Proximity:
    """The words of a query in one segment, as far as they are there: each the postings of a stem."""

    def __init__(self, reader: TermReader, words: Sequence[Clause]) -> None:
        there = [number for begin, end, idf, _ in words if end for number in (begin, end, idf)]
        self._words = np.array(there, dtype=np.float64).reshape(-1, 3) if len(there) > 3 else _NO_WORDS
        segment = reader.segment
        self._where: tuple[Any, ...] = (*segment.inversion, reader.text_average)
        self._id_ranks = segment.id_ranks

    def best(self, articles: np.ndarray, scores: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
        """The `wanted` best of articles, of equal ones the first ids; ascending, with what nearness adds.

        Articles int32 and scores float32, shape (n,).
        """
        return _best(articles, scores, wanted, self._id_ranks, self._words, *self._where)

    def best_of(self, parts: Clauses, wanted: int) -> tuple[int, np.ndarray, np.ndarray]:
        """How many articles have enough of some parts, and the `wanted` best of them, as `best` gives them."""
        return _best_of_enough(*parts, wanted, self._id_ranks, self._words, *self._where[1:])

    def added(self, articles: np.ndarray) -> np.ndarray:
        """What nearness adds to the scores of articles, ascending: float64, shape (n,)."""
        return _added(articles, self._words, *self._where)


@compiled
def _best(
    articles: Int32s,
    scores: Float32s,
    wanted: int,
    id_ranks: Int32s,
    words: Float64Table,
    owners: Int32s,
    runs: Int64s,
    places: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
    average: float,
) -> tuple[np.ndarray, np.ndarray]:
    return best(articles, scores, wanted, id_ranks, words, owners, runs, places, bounds, title_tokens, average)


@compiled
def _best_of_enough(
    table: Float64Table,
    needed: int,
    count: int,
    owners: Int32s,
    impacts: Float32s,
    own_articles: Int32s,
    own_scores: Float32s,
    live: Bools,
    wanted: int,
    id_ranks: Int32s,
    words: Float64Table,
    runs: Int64s,
    places: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
    average: float,
) -> tuple[int, np.ndarray, np.ndarray]:
    found, scores = enough(table, needed, count, owners, impacts, own_articles, own_scores, live)
    chosen, finals = best(found, scores, wanted, id_ranks, words, owners, runs, places, bounds, title_tokens, average)
    return len(found), chosen, finals


@inner
def best(
    articles: np.ndarray,
    scores: np.ndarray,
    wanted: int,
    id_ranks: np.ndarray,
    words: np.ndarray,
    owners: np.ndarray,
    runs: np.ndarray,
    places: np.ndarray,
    bounds: np.ndarray,
    title_tokens: np.ndarray,
    average: float,
) -> tuple[np.ndarray, np.ndarray]:
    """What `Proximity.best` gives."""
    weights = words[:, _WEIGHT].copy()
    most = 0.0
    for weight in weights:
        most += PROXIMITY_WEIGHT * min(1.0, weight)
    if len(weights):
        most += _MARGIN
    lowest = nth_best(scores, wanted)
    chosen = np.empty(len(scores), dtype=np.int64)
    _, count = _taken(chosen, scores, 0, lowest - most, np.inf)
    articles, scores = articles[chosen[:count]], scores[chosen[:count]]
    heap = np.full(max(0, min(wanted, count)), -np.inf, dtype=np.float32)
    finals = np.full(len(scores), -np.inf, dtype=np.float32)
    block = chosen[: min(count, _AT_ONCE)]
    at, till, near = _counters(len(words))
    # Those that are best without it show how high the others have to come.
    for first in (True, False):
        reached = 0
        while reached < len(scores) and len(heap):
            least = lowest if first else heap[0] - most
            reached, taken = _taken(block, scores, reached, least, np.inf if first else lowest)
            rows = rows_of(articles[block[:taken]], words, owners, len(title_tokens))
            for n in range(taken):
                i = block[n]
                score = scores[i]
                if score + most < heap[0]:
                    continue
                if _locate(rows, n, runs, at, till) > 1:
                    norm = _norm(articles[i], bounds, title_tokens, average)
                    if score + _most_bonus(weights, norm, at, till) < heap[0]:
                        continue
                    score = np.float32(score + _bonus(weights, places, norm, at, till, near))
                finals[i] = score
                if score > heap[0]:
                    replace_lowest(heap, score)
    kept = are_best(finals, id_ranks[articles], wanted, heap)
    return articles[kept], finals[kept]


_AT_ONCE = 4096
"""Articles for which it is looked up at a time where their words stand: eight bytes for each word of each."""


@inner
def _taken(block: np.ndarray, scores: np.ndarray, begin: int, least: float, below: float) -> tuple[int, int]:
    """Writes to `block`, as far as it goes, which scores from `begin` on are `least` or more, and below the other.

    Gives up to where it has come, and how many these are.
    """
    taken = 0
    while begin < len(scores) and taken < len(block):
        block[taken] = begin
        taken += least <= scores[begin] < below
        begin += 1
    return begin, taken


@compiled
def _added(
    articles: Int32s,
    words: Float64Table,
    owners: Int32s,
    runs: Int64s,
    places: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
    average: float,
) -> np.ndarray:
    weights = words[:, _WEIGHT].copy()
    added = np.zeros(len(articles), dtype=np.float64)
    rows = rows_of(articles, words, owners, len(title_tokens))
    at, till, near = _counters(len(words))
    for i in range(len(articles)):
        if _locate(rows, i, runs, at, till) > 1:
            norm = _norm(articles[i], bounds, title_tokens, average)
            added[i] = _bonus(weights, places, norm, at, till, near)
    return added


@inner
def _counters(words: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Room for what `_bonus` counts for each word."""
    return np.empty(words, dtype=np.int64), np.empty(words, dtype=np.int64), np.empty(words, dtype=np.float64)


@inner
def _norm(article: int, bounds: np.ndarray, title_tokens: np.ndarray, average: float) -> float:
    """What the nearness of a word in an article is compared with."""
    length = bounds[article + 1] - bounds[article] - title_tokens[article]
    return K1 * (1 - B + B * length / average)


@inner
def _locate(rows: np.ndarray, i: int, runs: np.ndarray, at: np.ndarray, till: np.ndarray) -> int:
    """How many of the words the `i`-th article has; where their places begin and end goes to `at` and `till`."""
    several = 0
    for word in range(len(rows)):
        row = rows[word, i]
        at[word], till[word] = (runs[row], runs[row + 1]) if row >= 0 else (0, 0)
        several += row >= 0
    return several


@inner
def _most_bonus(weights: np.ndarray, norm: float, at: np.ndarray, till: np.ndarray) -> float:
    """What nearness can add at most: a word stands beside others no oftener than twice each time it or they occur."""
    heaviest, every = 0.0, 0
    for word in range(len(weights)):
        if at[word] < till[word]:
            heaviest = max(heaviest, weights[word])
            every += till[word] - at[word]
    most = _MARGIN
    for word in range(len(weights)):
        own = till[word] - at[word]
        near = heaviest * min(2 * own, 2 * (every - own), every - 1)
        most += PROXIMITY_WEIGHT * min(1.0, weights[word]) * (near / (near + norm))
    return most


@inner
def _bonus(
    weights: np.ndarray, places: np.ndarray, norm: float, at: np.ndarray, till: np.ndarray, near: np.ndarray
) -> float:
    """What nearness adds for the words whose places are `at` and before `till`; changes `at`, and uses `near`."""
    near[:] = 0.0
    last, last_token = -1, 0
    while True:
        word, token = -1, 0
        for other in range(len(weights)):
            if at[other] < till[other] and (word < 0 or places[at[other]] < token):
                word, token = other, places[at[other]]
        if word < 0:
            break
        at[word] += 1
        if last >= 0 and word != last and token - last_token <= PROXIMITY_WINDOW:
            near[word] += weights[last] / (token - last_token)
            near[last] += weights[word] / (token - last_token)
        last, last_token = word, token
    bonus = 0.0
    for word in range(len(weights)):
        bonus += PROXIMITY_WEIGHT * min(1.0, weights[word]) * (near[word] / (near[word] + norm))
    return bonus
