"""Binary search in an ascending array, for compiled loops: NumPy's takes three times as long to compile."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner


@inner
def lower_bound(ascending: np.ndarray, value: int) -> int:
    """The first index with a value not below `value`; the length of the array if all are below."""
    low, high = 0, len(ascending)
    # Invariant: all values before `low` are below `value`, and none from `high` on.
    while low < high:
        middle = (low + high) >> 1
        if ascending[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
