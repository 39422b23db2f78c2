"""Galloping search in ascending docids: steps that double, then halves (Bentley and Yao 1976)."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner

_DENSE = 4
"""Greatest ratio of docids to wanted ones, and of a segment's articles to docids, at which a table is faster."""


@inner
def gallop(values: np.ndarray, value: int, begin: int) -> int:
    """Index of the first of the ascending values from `begin` on that is `value` or more; the length if none is."""
    step, end = 1, len(values)
    # All values before `begin` are below `value`.
    while begin + step < end and values[begin + step] < value:
        begin += step
        step *= 2
    end = min(begin + step, end)
    while begin < end:
        middle = (begin + end) // 2
        if values[middle] < value:
            begin = middle + 1
        else:
            end = middle
    return begin


@inner
def indexes_of(wanted: np.ndarray, docids: np.ndarray, articles: int) -> np.ndarray:
    """Index of each wanted docid among docids, -1 if absent: int64, shape (wanted,).

    Both are ascending and below `articles`, the number of articles of the segment.
    """
    indexes = np.full(len(wanted), -1, dtype=np.int64)
    if len(wanted) * _DENSE > len(docids) and len(docids) * _DENSE > articles:
        # A table costs less than comparisons with an outcome that no processor can foresee.
        table = np.full(articles, -1, dtype=np.int32)
        for index in range(len(docids)):
            table[docids[index]] = index
        for i in range(len(wanted)):
            indexes[i] = table[wanted[i]]
        return indexes
    index = 0
    for i in range(len(wanted)):
        index = gallop(docids, wanted[i], index)
        if index < len(docids) and docids[index] == wanted[i]:
            indexes[i] = index
    return indexes


@inner
def postings_of(wanted: np.ndarray, ranges: np.ndarray, docids: np.ndarray, articles: int) -> np.ndarray:
    """The posting of each term in each wanted article, -1 if the article has none: int64, shape (wanted, terms).

    `wanted` docids are ascending; the first two columns of `ranges` are begin and end of each term's postings.
    """
    postings = np.empty((len(wanted), len(ranges)), dtype=np.int64)
    for term in range(len(ranges)):
        begin, end = ranges[term, 0], ranges[term, 1]
        indexes = indexes_of(wanted, docids[begin:end], articles)
        for i in range(len(wanted)):
            postings[i, term] = begin + indexes[i] if indexes[i] >= 0 else -1
    return postings
