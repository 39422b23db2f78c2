"""Scored sets of articles and what boolean operators do with them. All pure: nothing changes its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

BLOCK = 64
DENSE = 8
"""A union of more than one article in this many looks at all of them in turn instead of sorting those it has."""


class Matches(NamedTuple):
    """Articles of one segment, ascending and each once, and their scores: int32 and float32, shape (n,)."""

    articles: np.ndarray
    scores: np.ndarray


class Candidates(NamedTuple):
    """Matches of one segment, by its number, that a selection lets through."""

    segment: int
    articles: np.ndarray
    scores: np.ndarray


NOTHING = Matches(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


def union(parts: Sequence[Matches], count: int) -> Matches:
    """Articles of `count` in any of the parts; scores are added in the order of the parts.

    The order matters: sums of float32 must be the same however the articles are spread over segments.
    """
    parts = [part for part in parts if len(part.articles)]
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0]
    sums = np.zeros(count, dtype=np.float32)
    fresh = []
    dense = sum(len(part.articles) for part in parts) * DENSE > count or any(not part.scores.all() for part in parts)
    present = np.zeros(count, dtype=bool) if dense else None
    for articles, scores in parts:
        before = sums[articles]
        if present is None:
            fresh.append(articles[before == 0])
        else:
            present[articles] = True
        sums[articles] = before + scores
    articles = np.sort(np.concatenate(fresh)) if present is None else np.flatnonzero(present)
    return Matches(articles, sums[articles])


def intersection(parts: Sequence[Matches]) -> Matches:
    """Articles in all of the parts; scores are added in the order of the parts."""
    if len(parts) == 1:
        return parts[0]
    smallest = min(parts, key=lambda part: len(part.articles))
    articles = smallest.articles
    for part in parts:
        if part is not smallest:
            articles = articles[contains(part.articles, articles)]
    if not len(articles):
        return NOTHING
    scores = np.zeros(len(articles), dtype=np.float32)
    for part in parts:
        scores += part.scores[part.articles.searchsorted(articles)]
    return Matches(articles, scores)


def difference(matches: Matches, excluded: np.ndarray) -> Matches:
    """The matches that are not among the excluded articles (ascending)."""
    kept = ~contains(excluded, matches.articles)
    return Matches(matches.articles[kept], matches.scores[kept])


def contains(articles: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Which of the wanted are among the articles (both ascending): bool, shape (wanted,)."""
    if not len(articles):
        return np.zeros(len(wanted), dtype=bool)
    places = articles.searchsorted(wanted)
    places[places == len(articles)] = 0
    return articles[places] == wanted


def at_least(parts: Sequence[Matches], minimum: int, count: int) -> Matches:
    """Articles of `count` in at least `minimum` of the parts; scores are added in the order of the parts."""
    if minimum == len(parts):
        return intersection(parts)
    every = union(parts, count)
    times = np.zeros(count, dtype=np.uint16)
    for part in parts:
        times[part.articles] += 1
    kept = times[every.articles] >= minimum
    return Matches(every.articles[kept], every.scores[kept])


def with_bonus(matches: Matches, bonus: Matches) -> Matches:
    """The matches, with the scores of the bonus added where it has them too."""
    if not len(bonus.articles) or not len(matches.articles):
        return matches
    there = contains(matches.articles, bonus.articles)
    scores = matches.scores.copy()
    scores[matches.articles.searchsorted(bonus.articles[there])] += bonus.scores[there]
    return Matches(matches.articles, scores)


def best(scores: np.ndarray, wanted: int) -> np.ndarray:
    """Indexes of the `wanted` best scores, and of all that equal the last of them, in no order.

    In a long list, the `wanted`-th best of the maxima of blocks is a score that the best reach; few others do.
    """
    if len(scores) <= wanted:
        return np.arange(len(scores))
    blocks = len(scores) // BLOCK
    if blocks <= wanted:
        return np.flatnonzero(scores >= _nth_best(scores, wanted))
    maxima = scores[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
    likely = np.flatnonzero(scores >= _nth_best(maxima, wanted))
    reached = scores[likely]
    return likely[reached >= _nth_best(reached, wanted)]


def _nth_best(scores: np.ndarray, n: int) -> np.ndarray:
    place = len(scores) - n
    return np.partition(scores, place)[place]
