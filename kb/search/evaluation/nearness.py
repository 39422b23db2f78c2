"""What the words of a query add to the score of an article by standing near each other.

    near(a) = sum of idf(b) / d  over the neighbours b of each a in reading order, d <= REACH tokens apart
    bonus   = sum over the words a of  NEARNESS * min(1, idf(a)) * near(a) / (near(a) + norm)

Neighbours are occurrences of words of the query, another one each, with no word of the query between them; the title's
tokens come before the text's. `norm` is K1 times the length norm of the text, as in BM25F.

Source: Büttcher, Clarke and Lushman 2006, "Term Proximity Scoring for Ad-Hoc Retrieval on Very Large Text Collections",
section 3; there the distance is squared and unbounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kb.indexing.columnar.leaves import SegmentLeaves
from kb.indexing.columnar.runs import Runs
from kb.search.evaluation.matches import nth_best
from kb.search.ranking import NEARNESS, REACH

MANY = 64
"""Articles more than are wanted that are worth a closer look at who can be among the best."""

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
    segment = leaves.segment
    count = len(articles)
    bonus = np.zeros(count)
    runs = Runs.of(segment, [postings for postings, _ in words], articles)
    if count > MANY:
        # Most have one of the words alone.
        (several,) = ((runs.counts.reshape(-1, count) > 0).sum(axis=0) > 1).nonzero()
        if len(several) * 2 < count:
            if len(several):
                bonus[several] = nearness(leaves, words, articles[several])
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
