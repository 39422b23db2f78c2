"""Groups laid end to end in one array: where each begins and ends, and the numbers of those that some groups hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def bounds_of(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    """Group `i`, which holds `counts[i]`, lies at `bounds[i]:bounds[i + 1]`: int64, shape (n + 1,)."""
    bounds = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=bounds[1:])
    return bounds


def numbers_in(begins: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """All numbers of the runs that begin at `begins` and are `counts` long, run after run: int64."""
    ends = counts.cumsum()
    numbers = np.arange(ends[-1] if len(ends) else 0)
    numbers += (begins - ends + counts).repeat(counts)
    return numbers
