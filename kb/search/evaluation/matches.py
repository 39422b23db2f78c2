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
    """Articles of one segment, ascending, and their scores but for a factor: int32 and float32, shape (n,).

    The factor is `weight`, float32, shape (1,): NumPy multiplies by an array faster than by a number. `mass` is what
    the part counts when enough parts are needed: a whole number.
    """

    articles: np.ndarray
    scores: np.ndarray
    weight: np.ndarray
    mass: int = 1


def enough_of(parts: Sequence[Part], needed: int, count: int) -> Matches:
    """Articles of `count` whose parts have a mass of at least `needed` (one or more), and the sums of their scores.

    Sums are of float32 in float64, where they are exact whatever the order, unless weights differ by many powers of
    ten: so they are the same however the articles are spread over segments.
    """
    there = sorted([part for part in parts if len(part.articles)], key=_size)
    rest = sum([part.mass for part in there])
    if not there or rest < needed:
        return NOTHING
    if len(there) == 1:
        articles, scores, weight, _ = there[0]
        return Matches(articles, scores * weight)
    # Whatever has enough has one of the essential parts: the others, the largest, have too little together.
    essential, others = there, []
    spare = needed - 1
    while essential[-1].mass <= spare:
        spare -= essential[-1].mass
        others.append(essential[-1])
        essential = essential[:-1]
    others.reverse()
    sure = min([part.mass for part in essential]) >= needed
    if len(essential) == 1:
        found = _Found(essential[0].articles, essential[0].scores * essential[0].weight, np.array(essential[0].mass))
    elif sum(map(_size, essential)) * SPARSE >= count:
        found = _counted(essential, count)
    else:
        found = _sorted(essential)
    return _looked_up(found, others, 0 if sure else needed, count)


class _Found(NamedTuple):
    """Articles, ascending, with their scores and masses so far; a mass is 0-dimensional if it is the same for all."""

    articles: np.ndarray
    scores: np.ndarray
    masses: np.ndarray


def _size(part: Part) -> int:
    return len(part.articles)


def _counted(parts: Sequence[Part], count: int) -> _Found:
    """What is in any of the parts: by an array of all articles."""
    scores = np.zeros(count)
    masses = np.zeros(count, dtype=np.int32)
    for articles, part_scores, weight, mass in parts:
        scores[articles] += part_scores * weight
        masses[articles] += mass
    (articles,) = masses.nonzero()
    return _Found(articles.astype(np.int32), scores[articles], masses[articles])


def _sorted(parts: Sequence[Part]) -> _Found:
    """The same by sorting, for few articles of many."""
    every = np.concatenate([part.articles for part in parts])
    order = every.argsort(kind="stable")
    every = every[order]
    first = np.ones(len(every), dtype=bool)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    (begins,) = first.nonzero()
    scores = np.concatenate([scores * weight for _, scores, weight, _ in parts])[order]
    masses = np.array([part.mass for part in parts], dtype=np.int32).repeat([len(part.articles) for part in parts])
    return _Found(
        every[begins],
        np.add.reduceat(scores, begins, dtype=np.float64),
        np.add.reduceat(masses[order], begins),
    )


def _looked_up(found: _Found, others: Sequence[Part], needed: int, count: int) -> Matches:
    """What has the mass needed, with what the other parts add."""
    articles, scores, masses = found
    if others:
        scores = scores.astype(np.float64)
        rest = sum([part.mass for part in others])
        if needed and not masses.ndim:
            masses = masses.repeat(len(articles))
    for other, other_scores, weight, mass in others:
        places, there = _places(other, articles, count)
        scores += other_scores.take(places, mode="clip") * weight * there
        if needed:
            rest -= mass
            masses += mass * there
            (kept,) = (masses >= needed - rest).nonzero()
            if len(kept) < len(articles):
                articles, scores, masses = articles[kept], scores[kept], masses[kept]
    if needed and not others:
        (kept,) = (masses >= needed).nonzero()
        articles, scores = articles[kept], scores[kept]
    return Matches(articles, scores.astype(np.float32, copy=False))


def _places(articles: np.ndarray, wanted: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Where among the articles each of the wanted stands, and whether it is there at all."""
    if len(wanted) * SPARSE < len(articles) or len(articles) * SPARSE < len(wanted):
        return _searched(articles, wanted)
    numbers = np.zeros(count, dtype=np.int32)
    numbers[articles] = np.arange(1, len(articles) + 1)
    where = numbers.take(wanted) - 1
    return where, where >= 0


def _searched(articles: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same by a search for each of the wanted; there is an article."""
    places = articles.searchsorted(wanted)
    return places, articles.take(places, mode="clip") == wanted


def difference(matches: Matches, excluded: np.ndarray) -> Matches:
    """The matches that are not among the excluded articles (ascending)."""
    if not len(excluded):
        return matches
    _, there = _searched(excluded, matches.articles)
    return Matches(matches.articles[~there], matches.scores[~there])


def with_bonus(matches: Matches, bonus: Part) -> Matches:
    """The matches, with the scores of the bonus added where it has them too."""
    if not len(bonus.articles) or not len(matches.articles):
        return matches
    places, there = _searched(matches.articles, bonus.articles)
    scores = matches.scores.copy()
    scores[places[there]] += bonus.scores[there] * bonus.weight
    return Matches(matches.articles, scores)


def best(scores: np.ndarray, wanted: int) -> np.ndarray:
    """Indexes of the `wanted` best scores, and of all that equal the last of them, ascending."""
    if len(scores) <= wanted:
        return np.arange(len(scores))
    (found,) = (scores >= nth_best(scores, wanted)).nonzero()
    return found


def nth_best(scores: np.ndarray, n: int) -> float:
    """The `n`-th best of at least so many scores.

    In a long list, the `n`-th best of the maxima of blocks is a score that the best reach; few others do.
    """
    blocks = len(scores) // BLOCK
    if blocks > n:
        lowest = nth_best(scores[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1), n)
        scores = scores[scores >= lowest]
    place = len(scores) - n
    scores = scores.copy()
    scores.partition(place)
    return float(scores[place])
