"""The few best of many scores: by a heap whose first is the lowest of them."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner


@inner
def nth_best(scores: np.ndarray, n: int) -> float:
    """The `n`-th best score, and the lowest number of all where there are no more than so many."""
    if n < 1 or len(scores) <= n:
        return -np.inf
    heap = np.full(n, -np.inf, dtype=np.float32)
    lowest = heap[0]
    for score in scores:
        if score > lowest:
            replace_lowest(heap, score)
            lowest = heap[0]
    return lowest


@inner
def replace_lowest(heap: np.ndarray, score: float) -> None:
    """Puts a score in the place of the lowest of a heap, which is its first."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = score


@inner
def are_best(scores: np.ndarray, ranks: np.ndarray, wanted: int, heap: np.ndarray) -> np.ndarray:
    """Which scores are the `wanted` best, of equal ones those of the lowest ranks: bool; `heap` has the best ones."""
    if len(heap) == 0:
        return np.zeros(len(scores), dtype=np.bool_)
    best = scores >= heap[0]
    beyond = best.sum() - wanted
    if beyond > 0:
        equal = scores == heap[0]
        best &= ~equal | (ranks < np.sort(ranks[equal])[-beyond])
    return best
