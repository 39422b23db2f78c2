"""String interner: ids of distinct substrings, by a hash table over arrays in a compiled loop.

A slot of the hash table is a uint64: the hash of a string in the upper half, the id plus one in the lower half; 0 is an
empty slot. Open addressing resolves collisions by linear probing. The code points of all strings lie end to end, in
order of id.
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
    inner,
    signed,
)

_INITIAL_SLOTS = 1 << 12
"""Slots of a new table: a power of two, like every later size; at least half of the slots stay empty."""

_INITIAL_POINTS = 1 << 14
"""Room of a new table, in code points of all strings together."""

_FNV_OFFSET_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
"""Constants of 64-bit FNV-1a."""

_HALF = np.uint64(32)
_LOWER_HALF = np.uint64(0xFFFFFFFF)
"""Bits of half a slot, and the mask of a slot's lower half."""


class StringInterner:
    """Ids of strings in order of first occurrence; comparison is by code points, so case counts."""

    def __init__(self) -> None:
        self._count = 0
        self._slots = np.zeros(_INITIAL_SLOTS, dtype=np.uint64)
        self._ends = np.zeros(_INITIAL_SLOTS // 2 + 1, dtype=np.int64)
        self._points = np.empty(_INITIAL_POINTS, dtype=np.uint32)

    def __len__(self) -> int:
        """Number of distinct strings."""
        return self._count

    def ids(self, points: np.ndarray, begins: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Ids of the substrings `points[begins[i]:begins[i] + lengths[i]]`: int32, shape (n,).

        points uint32 (p,); begins uint32 (n,); lengths uint16 (n,).
        """
        ids = np.empty(len(begins), dtype=np.int32)
        i = 0
        # Invariant: `ids[:i]` is filled.
        while True:
            i, self._count = _intern(
                points, begins, lengths, i, ids, self._slots, self._ends, self._points, self._count
            )
            if i == len(begins):
                return ids
            self._grow(int(lengths[i]))

    def strings(self, first: int) -> list[str]:
        """The strings from id `first` on, in order of id."""
        bounds = (self._ends[first : self._count + 1] - self._ends[first]).tolist()
        points = self._points[self._ends[first] : self._ends[self._count]]
        content = points.tobytes().decode("utf-32-le", "surrogatepass")
        return [content[begin:end] for begin, end in pairwise(bounds)]

    def _grow(self, length: int) -> None:
        """Double each full array, so that at least one more string of `length` code points fits."""
        if self._count + 1 >= len(self._ends):
            self._ends = np.concatenate([self._ends, np.zeros_like(self._ends)])
            slots = np.zeros(2 * len(self._slots), dtype=np.uint64)
            _rehash(self._slots, slots)
            self._slots = slots
        if self._ends[self._count] + length > len(self._points):
            more = np.empty(len(self._points) + length, dtype=np.uint32)
            self._points = np.concatenate([self._points, more])


@compiled(unchecked="indexes texts in memory and the hash table")
def _intern(
    points: Uint32s,
    begins: Uint32s,
    lengths: Uint16s,
    first: int,
    ids: WrittenInt32s,
    slots: WrittenUint64s,
    ends: WrittenInt64s,
    content: WrittenUint32s,
    count: int,
) -> tuple[int, int]:
    """Fill `ids` from index `first` on, until the table is full. Returns (next index, number of strings).

    The string of an id has the code points `content[ends[id]:ends[id + 1]]`; `count` strings are in the table.
    """
    mask = len(slots) - 1
    for i in range(first, len(begins)):
        # Invariant: `ids[:i]` is filled, and the table holds exactly the strings with ids below `count`.
        begin, length = signed(begins[i]), signed(lengths[i])
        key = _hash(points, begin, length)
        slot = signed(key) & mask
        # Invariant: no slot from that of the hash up to `slot` holds the string. Probing ends at an empty slot.
        while slots[slot]:
            candidate = signed(slots[slot] & _LOWER_HALF) - 1
            same_length = ends[candidate + 1] - ends[candidate] == length
            if same_length and slots[slot] >> _HALF == key and _equal(content, ends[candidate], points, begin, length):
                ids[i] = candidate
                break
            slot = (slot + 1) & mask
        else:
            if count + 1 >= len(ends) or ends[count] + length > len(content):
                return i, count
            for offset in range(length):
                content[ends[count] + offset] = points[begin + offset]
            ends[count + 1] = ends[count] + length
            ids[i] = count
            count += 1
            slots[slot] = key << _HALF | np.uint64(count)
    return len(begins), count


@inner
def _hash(points: np.ndarray, begin: int, length: int) -> np.uint64:
    """FNV-1a (Fowler, Noll and Vo 1991) over code points instead of bytes, folded by xor to 32 bits."""
    mixed = _FNV_OFFSET_BASIS
    for i in range(begin, begin + length):
        mixed = (mixed ^ np.uint64(points[i])) * _FNV_PRIME
    return (mixed ^ (mixed << _HALF)) >> _HALF


@inner
def _equal(content: np.ndarray, content_begin: int, points: np.ndarray, begin: int, length: int) -> bool:
    """Whether `length` code points of `content` and of `points` are equal."""
    equal = 0
    while equal < length and content[content_begin + equal] == points[begin + equal]:
        equal += 1
    return equal == length


@compiled(unchecked="indexes texts in memory and the hash table")
def _rehash(slots: Uint64s, larger: WrittenUint64s) -> None:
    """Insert every entry of `slots` into the empty table `larger`."""
    mask = len(larger) - 1
    for entry in slots:
        if entry:
            slot = signed(entry >> _HALF) & mask
            while larger[slot]:
                slot = (slot + 1) & mask
            larger[slot] = entry
