"""What the words of a query add to the score of an article by standing near each other.

    near(a) = sum of idf(b) / d  over the neighbours b of each a in reading order, d <= REACH tokens apart
    bonus   = sum over the words a of  NEARNESS * min(1, idf(a)) * near(a) / (near(a) + norm)

Neighbours are occurrences of words of the query, another one each, with no word of the query between them; the title's
tokens come before the text's. `norm` is K1 times the length norm of the text, as in BM25F.

Source: Büttcher, Clarke and Lushman 2006, "Term Proximity Scoring for Ad-Hoc Retrieval on Very Large Text Collections",
section 3; there the distance is squared and unbounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import repeat

import numpy as np

from kb.indexing.columnar.leaves import SegmentLeaves
from kb.indexing.columnar.runs import Runs
from kb.search.evaluation.matches import nth_best
from kb.search.ranking import NEARNESS, REACH

MANY = 64
"""Articles more than are wanted that are worth a closer look at who can be among the best."""

FEW = 64
"""Words times articles up to which they are looked at one by one."""

_BITS = 24
_CELLS = (1 << _BITS) - 1
"""A token's number stands beside that of a cell, one word in one article, in 64 bits."""

AT_ONCE = 4096
MOST_WORDS = 1 << (_BITS - 12)
"""Articles and words that have so many cells."""


def highest(weights: Sequence[float]) -> float:
    """More than words of these weights can add."""
    return NEARNESS * sum([min(1.0, weight) for weight in weights]) + 1e-3


def contenders(
    scores: np.ndarray, wanted: int, most: float, added: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Indexes of all that can be among the `wanted` best once `added` of them is added, and what that is.

    `added` takes indexes, ascending, and gives 0 to `most` for each.
    """
    if len(scores) <= wanted:
        chosen = np.arange(len(scores))
        return chosen, added(chosen)
    lowest = nth_best(scores, wanted)
    (chosen,) = (scores >= lowest - most).nonzero()
    if len(chosen) > wanted + MANY:
        # Those that are best without it show how high the others have to come.
        (first,) = (scores >= lowest).nonzero()
        first = first[:AT_ONCE]
        lowest = nth_best(scores[first] + added(first), wanted)
        (chosen,) = (scores >= lowest - most).nonzero()
    return chosen, added(chosen)


def nearness(leaves: SegmentLeaves, words: Sequence[tuple[slice, float]], articles: np.ndarray) -> np.ndarray:
    """What is added to the scores of at most `AT_ONCE` articles, ascending: float64, shape (n,).

    `words` are the postings of each word, none empty, and how rare it is.
    """
    if len(articles) * len(words) <= FEW:
        return np.array([_of_one(leaves, words, article) for article in articles.tolist()])
    return _of_many(leaves, words, articles)


def _of_one(leaves: SegmentLeaves, words: Sequence[tuple[slice, float]], article: int) -> float:
    """The same for one article, in plain Python: for a few that is faster."""
    segment = leaves.segment
    seen: list[tuple[int, int]] = []
    several = 0
    for word, (postings, _) in enumerate(words):
        row = bisect_left(segment.owners, article, postings.start, postings.stop)
        if row < postings.stop and segment.owners[row] == article:
            several += 1
            seen += zip(segment.tokens_of_stems[segment.runs[row] : segment.runs[row + 1]], repeat(word), strict=False)
    if several < 2:
        return 0.0
    seen.sort()
    before, after = [0.0] * len(words), [0.0] * len(words)
    last, other = seen[0]
    for token, word in seen:
        apart = token - last
        if word != other and apart <= REACH:
            closeness = 1.0 / apart
            after[other] += closeness * words[word][1]
            before[word] += closeness * words[other][1]
        last, other = token, word
    norm = leaves.nearness_norms.item(article)
    bonus = 0.0
    for (_, weight), one, two in zip(words, after, before, strict=True):
        near = one + two
        bonus += NEARNESS * min(1.0, weight) * (near / (near + norm))
    return bonus


def _of_many(leaves: SegmentLeaves, words: Sequence[tuple[slice, float]], articles: np.ndarray) -> np.ndarray:
    segment = leaves.segment
    count = len(articles)
    bonus = np.zeros(count)
    runs = Runs.of(segment, [postings for postings, _ in words], articles)
    if count > MANY:
        # Most have one of the words alone.
        (several,) = ((runs.counts.reshape(-1, count) > 0).sum(axis=0) > 1).nonzero()
        if len(several) * 2 < count:
            if len(several):
                bonus[several] = _of_many(leaves, words, articles[several])
            return bonus
    cells = np.arange(len(runs.counts))
    # Tokens of different articles are moved out of each other's reach.
    keys = segment.places[runs.places()].astype(np.int64) << _BITS
    keys += ((cells % count * (REACH + 1) << _BITS) + cells).repeat(runs.counts)
    keys.sort()
    apart = keys >> _BITS
    apart = apart[1:] - apart[:-1]
    cells = keys & _CELLS
    (first,) = ((apart <= REACH) & (cells[1:] != cells[:-1])).nonzero()
    if not len(first):
        return bonus
    left, right = cells[first], cells[first + 1]
    closeness = 1.0 / apart[first]
    idf = np.array([weight for _, weight in words]).repeat(count)
    sums = np.bincount(left, closeness * idf[right], len(idf)) + np.bincount(right, closeness * idf[left], len(idf))
    near = sums.reshape(-1, count)
    near = near / (near + leaves.nearness_norms[articles])
    # Word after word, for NumPy's sum adds in another order where there are many rows and one column.
    for (_, weight), share in zip(words, near, strict=True):
        bonus += NEARNESS * min(1.0, weight) * share
    return bonus
