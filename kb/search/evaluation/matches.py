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
    smallest = min(parts, key=lambda part: len(part.articles))
    articles = smallest.articles
    for part in parts:
        if part is not smallest:
            articles = articles[contains(part.articles, articles)]
    scores = np.zeros(len(articles), dtype=np.float32)
    for part in parts:
        scores = scores + part.scores[np.searchsorted(part.articles, articles)]
    return Matches(articles, scores)


def difference(matches: Matches, excluded: np.ndarray) -> Matches:
    """The matches that are not among the excluded articles (ascending)."""
    kept = ~contains(excluded, matches.articles)
    return Matches(matches.articles[kept], matches.scores[kept])


def contains(articles: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Which of the wanted are among the articles (both ascending): bool, shape (wanted,)."""
    if not len(articles):
        return np.zeros(len(wanted), dtype=bool)
    places = np.minimum(np.searchsorted(articles, wanted), len(articles) - 1)
    return articles[places] == wanted


def covered(parts: Sequence[np.ndarray], minimum: int, count: int) -> np.ndarray:
    """Which of `count` articles are in at least `minimum` of the parts: bool, shape (count,)."""
    times = np.zeros(count, dtype=np.uint16)
    for articles in parts:
        times[articles] += 1
    return times >= minimum


def likely_best(scores: np.ndarray, wanted: int) -> np.ndarray:
    """Indexes of scores that include all that are among the `wanted` best, equals of the last one too.

    The `wanted`-th best of the maxima of blocks is a score that at least `wanted` scores reach.
    """
    if len(scores) <= max(wanted, BLOCK):
        return np.arange(len(scores))
    blocks = len(scores) // BLOCK
    if blocks <= wanted:
        threshold = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
        return np.flatnonzero(scores >= threshold)
    maxima = scores[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
    threshold = np.partition(maxima, blocks - wanted)[blocks - wanted]
    return np.flatnonzero(scores >= threshold)
