"""Small loops to compile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, compiled, inner

SHARE = 0.5


class Pair(NamedTuple):
    one: int
    other: int


@inner
def halved(value: float) -> float:
    return value * SHARE


@compiled
def half_total(counts: Int32s) -> float:
    """Half of the sum."""
    total = 0.0
    for count in counts:
        total += halved(count)
    return total


@inner
def element(counts: np.ndarray, index: int) -> int:
    return int(counts[index])


@compiled
def checked_element(counts: Int32s, index: int) -> int:
    """An element, read by an inner function."""
    return element(counts, index)


@compiled(unchecked="to see what is behind an array")
def unchecked_element(counts: Int32s, index: int) -> int:
    """The same, read without a look at the bounds."""
    return element(counts, index)


@compiled
def swapped(one: int, other: int) -> tuple[int, int]:
    """Two numbers in the other order."""
    pair = Pair(other, one)
    return pair.one, pair.other
