"""Groups laid end to end in one array: their bounds, and the indexes of the elements of selected groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def bounds_of(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    """Prefix sums from 0: group i of `counts[i]` elements is `bounds[i]:bounds[i + 1]`; int64, shape (n + 1,)."""
    bounds = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=bounds[1:])
    return bounds


def joined_ranges(begins: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Concatenation of the ranges `begins[i]:begins[i] + counts[i]`: int64, shape (sum of counts,)."""
    ends = counts.cumsum()
    indexes = np.arange(ends[-1] if len(ends) else 0)
    indexes += (begins - ends + counts).repeat(counts)
    return indexes
