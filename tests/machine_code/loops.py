"""Small loops to compile."""

from __future__ import annotations

from typing import NamedTuple

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


@compiled
def swapped(one: int, other: int) -> tuple[int, int]:
    """Two numbers in the other order."""
    pair = Pair(other, one)
    return pair.one, pair.other
