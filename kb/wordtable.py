"""Short words to numbers by array arithmetic: a hash table whose keys are the characters of the words themselves.

A word of at most sixteen ASCII characters is two 64-bit integers, so that many words are looked up by a handful of
array operations, and none of them becomes a string. A key is looked for at the place of its hash, then behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

LONGEST_KEY = 16
"""Characters of the longest word that is a key."""

PADDING = 24
"""Characters that an array has to have behind the last word's first one."""

_FIRST_SIZE = 1 << 12
_FREE = -1
_KEYS_AT_ONCE = 1 << 15
# What is missing of so many may be the same word again and again, for which there is room nevertheless.
_PHI = np.uint64(0x9E3779B97F4A7C15)  # Knuth, The Art of Computer Programming 3, 6.4: 2 ** 64 divided by phi
_MIX = np.uint64(0xC2B2AE3D27D4EB4F)  # xxHash's second prime
_BITS = np.minimum(np.arange(LONGEST_KEY + 1), 8)
_LOW = np.array([(1 << 8 * count) - 1 for count in _BITS.tolist()], dtype=np.uint64)
_HIGH = np.array([(1 << 8 * (n - count)) - 1 for n, count in enumerate(_BITS.tolist())], dtype=np.uint64)


class Keys(NamedTuple):
    """The first eight characters of each word, and those after them: uint64, shape (n,)."""

    low: np.ndarray
    high: np.ndarray

    def taken(self, which: np.ndarray) -> Keys:
        """Some of the keys."""
        return Keys(self.low[which], self.high[which])


def keys_of(characters: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> Keys:
    """The words of these lengths, none above LONGEST_KEY, that begin at `starts` in a padded array of bytes."""
    eights = characters[: len(characters) // 8 * 8].view("<u8")
    places = starts >> 3
    shifts = ((starts & 7) << 3).astype(np.uint64)
    rest = np.uint64(64) - shifts  # to shift by 64 gives 0
    first, second, third = eights[places], eights[places + 1], eights[places + 2]
    low = (first >> shifts) | (second << rest)
    high = (second >> shifts) | (third << rest)
    return Keys(low & _LOW[lengths], high & _HIGH[lengths])


class WordTable:
    """Numbers by key; none is negative."""

    def __init__(self) -> None:
        self._count = 0
        self._clear(_FIRST_SIZE)

    def numbers(self, keys: Keys, new: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The number of each key, int32; `new` gives those of keys that are met for the first time, by their places."""
        numbers = np.empty(len(keys.low), dtype=np.int32)
        for begin in range(0, len(numbers), _KEYS_AT_ONCE):
            some = slice(begin, begin + _KEYS_AT_ONCE)
            numbers[some] = self._found(Keys(keys.low[some], keys.high[some]))
            missing = begin + np.flatnonzero(numbers[some] == _FREE)
            if len(missing):
                numbers[missing] = self._added(keys.taken(missing), missing, new)
        return numbers

    def _found(self, keys: Keys) -> np.ndarray:
        places = self._places(keys)
        numbers = self._numbers[places]
        other = (self._low[places] != keys.low) | (self._high[places] != keys.high)
        waiting = np.flatnonzero(other & (numbers != _FREE))
        numbers[other] = _FREE
        places = places[waiting]
        while len(waiting):
            places = (places + 1) & self._last
            there = self._numbers[places]
            same = (self._low[places] == keys.low[waiting]) & (self._high[places] == keys.high[waiting])
            numbers[waiting[same]] = there[same]
            going_on = ~same & (there != _FREE)
            waiting, places = waiting[going_on], places[going_on]
        return numbers

    def _added(self, keys: Keys, places_given: np.ndarray, new: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The numbers of keys that are not there yet but may be given several times."""
        self._make_room(len(keys.low))
        places = self._settle(keys)
        first = np.flatnonzero(self._numbers[places] == _provisional(np.arange(len(places))))
        self._numbers[places[first]] = new(places_given[first])
        self._count += len(first)
        return self._numbers[places]

    def _settle(self, keys: Keys) -> np.ndarray:
        """The place of each key, where its provisional number says which of the keys given is the first one there."""
        places = self._places(keys)
        waiting = np.arange(len(places))
        while len(waiting):
            here = places[waiting]
            free = self._numbers[here] == _FREE
            # Backwards: of several that want one place the last one written has it.
            into, who = here[free][::-1], waiting[free][::-1]
            self._low[into], self._high[into] = keys.low[who], keys.high[who]
            self._numbers[into] = _provisional(who)
            other = (self._low[here] != keys.low[waiting]) | (self._high[here] != keys.high[waiting])
            waiting = waiting[other]
            places[waiting] = (places[waiting] + 1) & self._last
        return places

    def _make_room(self, more: int) -> None:
        """Afterwards no more than half of the places are taken when so many keys have been added."""
        if 2 * (self._count + more) <= self._last:
            return
        used = self._numbers != _FREE
        keys, numbers = Keys(self._low, self._high).taken(used), self._numbers[used]
        self._clear(1 << (2 * (self._count + more)).bit_length())
        self._numbers[self._settle(keys)] = numbers

    def _places(self, keys: Keys) -> np.ndarray:
        return (((keys.low ^ keys.high * _MIX) * _PHI) >> self._shift).astype(np.int64)

    def _clear(self, size: int) -> None:
        self._last = size - 1
        self._shift = np.uint64(65 - size.bit_length())
        self._low = np.zeros(size, dtype=np.uint64)
        self._high = np.zeros(size, dtype=np.uint64)
        self._numbers = np.full(size, _FREE, dtype=np.int32)


def _provisional(positions: np.ndarray) -> np.ndarray:
    return _FREE - 1 - positions
