"""Galloping search in ascending docids: steps of doubling length, then binary search within the last step.

Source: Bentley and Yao 1976, "An Almost Optimal Algorithm for Unbounded Searching".
"""

from __future__ import annotations

import numpy as np

from kb.compiled import inner

_DENSE = 4
"""Greatest ratio of docids to wanted docids, and of a segment's articles to docids, at which a table is faster."""


@inner
def gallop(values: np.ndarray, value: int, begin: int) -> int:
    """Index, at least `begin`, of the first of the ascending values that is `value` or more; the length if none is."""
    step, end = 1, len(values)
    # Invariant of both loops: the values between the first `begin` and the present one are below `value`.
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
    """Index of each wanted docid in `docids`, -1 if absent: int64, shape (wanted,).

    Both arrays are ascending int32; `articles` is the number of articles of the segment.
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
    # Invariant: the docids before `index` are below the wanted docid.
    for i in range(len(wanted)):
        index = gallop(docids, wanted[i], index)
        if index < len(docids) and docids[index] == wanted[i]:
            indexes[i] = index
    return indexes


@inner
def postings_of(wanted: np.ndarray, ranges: np.ndarray, docids: np.ndarray, articles: int) -> np.ndarray:
    """Index of the posting of each term in each wanted article, -1 if there is none: int64, shape (wanted, terms).

    `wanted` and `docids` are int32, `wanted` is ascending. The first two columns of `ranges` are begin and end of the
    postings of each term in `docids`, which ascend within a term.
    """
    postings = np.empty((len(wanted), len(ranges)), dtype=np.int64)
    for term in range(len(ranges)):
        begin, end = ranges[term, 0], ranges[term, 1]
        indexes = indexes_of(wanted, docids[begin:end], articles)
        for i in range(len(wanted)):
            postings[i, term] = begin + indexes[i] if indexes[i] >= 0 else -1
    return postings
