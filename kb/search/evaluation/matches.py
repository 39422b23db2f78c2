"""Scored sets of articles and what boolean operators do with them. All pure: nothing changes its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

BLOCK = 64
SPARSE = 16
"""Where there are fewer than one article in this many, they are sorted; else an array of all articles is faster."""


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


class Part(NamedTuple):
    """Articles of one segment, ascending, and their scores but for a factor `weight`: int32 and float32, shape (n,)."""

    articles: np.ndarray
    scores: np.ndarray
    weight: np.float32


def at_least(parts: Sequence[Part], minimum: int, count: int) -> Matches:
    """Articles of `count` in at least `minimum` of the parts (one or more), and the sums of their scores.

    Sums are of float32 in float64, where they are exact whatever the order, unless weights differ by many powers of
    ten: so they are the same however the articles are spread over segments.
    """
    there = sorted([part for part in parts if len(part.articles)], key=_size)
    if minimum > len(there) or not there:
        return NOTHING
    if len(there) == 1:
        articles, scores, weight = there[0]
        return Matches(articles, scores * weight)
    # An article that is in enough parts is in one of these; the others, the largest, are only looked up.
    rarest = len(there) - minimum + 1
    size = sum(map(_size, there[:rarest]))
    if size * SPARSE >= count:
        return _by_all(there, rarest, minimum, count)
    if rarest == 1:
        return _by_smallest(there)
    return _by_sorting(there, rarest, minimum)


def _size(part: Part) -> int:
    return len(part.articles)


def _by_all(parts: Sequence[Part], rarest: int, minimum: int, count: int) -> Matches:
    sums = np.zeros(count)
    times = np.zeros(count, dtype=np.uint8)
    for articles, scores, weight in parts[:rarest]:
        sums[articles] += scores * weight
        if minimum > 1:
            times[articles] += 1
        else:
            times[articles] = 1
    for articles, scores, weight in parts[rarest:]:
        (seen,) = times[articles].nonzero()
        articles = articles[seen]
        sums[articles] += scores[seen] * weight
        times[articles] += 1
    (found,) = (times >= minimum).nonzero() if minimum > 1 else times.nonzero()
    return Matches(found.astype(np.int32), sums[found].astype(np.float32))


def _by_smallest(parts: Sequence[Part]) -> Matches:
    """Articles in all of the parts."""
    articles, scores, weight = parts[0]
    sums = (scores * weight).astype(np.float64)
    for other, scores, weight in parts[1:]:
        places = other.searchsorted(articles)
        places[places == len(other)] = 0
        (seen,) = (other[places] == articles).nonzero()
        articles = articles[seen]
        sums = sums[seen] + scores[places[seen]] * weight
    return Matches(articles, sums.astype(np.float32))


def _by_sorting(parts: Sequence[Part], rarest: int, minimum: int) -> Matches:
    every = np.concatenate([part.articles for part in parts[:rarest]])
    order = every.argsort(kind="stable")
    every = every[order]
    first = np.ones(len(every), dtype=bool)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    (begins,) = first.nonzero()
    articles = every[begins]
    scores = np.concatenate([scores * weight for _, scores, weight in parts[:rarest]])[order]
    sums = np.add.reduceat(scores, begins, dtype=np.float64)
    if minimum == 1:
        return Matches(articles, sums.astype(np.float32))
    times = np.diff(begins, append=len(every))
    for other, scores, weight in parts[rarest:]:
        places = other.searchsorted(articles)
        places[places == len(other)] = 0
        (seen,) = (other[places] == articles).nonzero()
        sums[seen] += scores[places[seen]] * weight
        times[seen] += 1
    kept = times >= minimum
    return Matches(articles[kept], sums[kept].astype(np.float32))


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
