"""The k smallest keys of an array, by partitioning: linear in the keys."""

from __future__ import annotations

import numpy as np


def k_smallest(keys: np.ndarray, k: int) -> list[int]:
    """Indexes of the k smallest keys, by ascending key; ties go to the lowest index."""
    if k < 1:
        return []
    indexes = k_smallest_and_ties(keys, k)
    smallest: list[int] = indexes[keys[indexes].argsort(kind="stable")[:k]].tolist()
    return smallest


def k_smallest_and_ties(keys: np.ndarray, k: int) -> np.ndarray:
    """Indexes of the k smallest keys, k at least 1, and of all keys equal to the k-th: int64, ascending."""
    if len(keys) <= k:
        return np.arange(len(keys))
    (indexes,) = (keys <= np.partition(keys, k - 1)[k - 1]).nonzero()
    return indexes
