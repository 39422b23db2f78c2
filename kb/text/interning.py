"""Stretches of text to numbers, equal ones to equal numbers: a hash table in arrays, and a compiled loop over it.

A slot is a 64-bit number: half of it the hash of a stretch, half its number and one; 0 is free. A stretch is looked for
at the slot of its hash, then behind it. The code points of the stretches that are known lie end to end, in the order of
their numbers.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kb.compiled import (
    Uint16s,
    Uint32s,
    Uint64s,
    WrittenInt32s,
    WrittenInt64s,
    WrittenUint32s,
    WrittenUint64s,
    compiled,
)

_FIRST_SLOTS = 1 << 12
_FIRST_POINTS = 1 << 14


class StringInterner:
    """Numbers stretches of text in the order in which they are first met; stretches that differ in case differ."""

    def __init__(self) -> None:
        self._count = 0
        self._slots = np.zeros(_FIRST_SLOTS, dtype=np.uint64)
        self._ends = np.zeros(_FIRST_SLOTS // 2 + 1, dtype=np.int64)
        self._points = np.empty(_FIRST_POINTS, dtype=np.uint32)

    def __len__(self) -> int:
        """How many are known."""
        return self._count

    def numbers(self, points: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The number of each stretch of an array of code points: int32, shape (n,)."""
        numbers = np.empty(len(starts), dtype=np.int32)
        done = 0
        while True:
            done, self._count = _number(
                points, starts, lengths, done, numbers, self._slots, self._ends, self._points, self._count
            )
            if done == len(starts):
                return numbers
            self._grow(int(lengths[done]))

    def surfaces(self, first: int) -> list[str]:
        """The stretches from number `first` on."""
        bounds = (self._ends[first : self._count + 1] - self._ends[first]).tolist()
        points = self._points[self._ends[first] : self._ends[self._count]]
        content = points.tobytes().decode("utf-32-le", "surrogatepass")
        return [content[begin:end] for begin, end in pairwise(bounds)]

    def _grow(self, length: int) -> None:
        """Afterwards there is room for one more stretch of that length, and for many."""
        if self._count + 1 >= len(self._ends):
            self._ends = np.concatenate([self._ends, np.zeros_like(self._ends)])
            slots = np.zeros(2 * len(self._slots), dtype=np.uint64)
            _settle(self._slots, slots)
            self._slots = slots
        if self._ends[self._count] + length > len(self._points):
            more = np.empty(len(self._points) + length, dtype=np.uint32)
            self._points = np.concatenate([self._points, more])


@compiled
def _number(
    points: Uint32s,
    starts: Uint32s,
    lengths: Uint16s,
    begin: int,
    numbers: WrittenInt32s,
    slots: WrittenUint64s,
    ends: WrittenInt64s,
    known: WrittenUint32s,
    count: int,
) -> tuple[int, int]:
    """Numbers the stretches from `begin` on until the table is full; which one is the next, and how many are known."""
    last = len(slots) - 1
    for i in range(begin, len(starts)):
        start, length = np.int64(starts[i]), np.int64(lengths[i])
        mixed = np.uint64(0xCBF29CE484222325)  # the hash is FNV-1a, by code points, and its halves folded together
        for place in range(start, start + length):
            mixed = (mixed ^ np.uint64(points[place])) * np.uint64(0x100000001B3)
        upper = (mixed ^ (mixed << np.uint64(32))) >> np.uint64(32)
        slot = np.int64(upper) & last
        while slots[slot]:
            number = np.int64(slots[slot] & np.uint64(0xFFFFFFFF)) - 1
            if slots[slot] >> np.uint64(32) == upper and ends[number + 1] - ends[number] == length:
                same = 0
                while same < length and known[ends[number] + same] == points[start + same]:
                    same += 1
                if same == length:
                    numbers[i] = number
                    break
            slot = (slot + 1) & last
        else:
            if count + 1 >= len(ends) or ends[count] + length > len(known):
                return i, count
            for place in range(length):
                known[ends[count] + place] = points[start + place]
            ends[count + 1] = ends[count] + length
            numbers[i] = count
            count += 1
            slots[slot] = upper << np.uint64(32) | np.uint64(count)
    return len(starts), count


@compiled
def _settle(slots: Uint64s, larger: WrittenUint64s) -> None:
    """Puts what is in a table into an empty larger one."""
    last = len(larger) - 1
    for taken in slots:
        if taken:
            slot = np.int64(taken >> np.uint64(32)) & last
            while larger[slot]:
                slot = (slot + 1) & last
            larger[slot] = taken
