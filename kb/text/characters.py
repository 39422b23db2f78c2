"""Texts as arrays of code points, and the classes of characters: the input of compiled loops over text.

Each class is a regular expression of one character, shared by loops and expressions: the two cannot disagree.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import regex

from kb.compiled import inner

ENCODINGS = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}
"""Encodings of fixed width, by bytes a code point: the byte offset of a character is its offset times the width."""

_PLANE = 1 << 16
"""Code points of the Basic Multilingual Plane."""

_CODE_POINTS = 0x110000
"""Code points of Unicode."""


class ConcatenatedTexts(NamedTuple):
    """Texts end to end: text `i` has the code points `points[begins[i]:begins[i + 1] - 1]`.

    points  uint32 (p,)         a zero before, between and behind the texts
    begins  int64 (texts + 1,)  indexes in `points`

    The zeros are sentinels in no class: loops look at neighbours of characters without a bounds check.
    """

    points: np.ndarray
    begins: np.ndarray


def substrings(text: str, begins: Iterable[int], ends: Iterable[int]) -> list[str]:
    """The slices `text[begin:end]`."""
    return list(map(text.__getitem__, map(slice, begins, ends)))


def concatenated(texts: Sequence[str]) -> ConcatenatedTexts:
    """The texts as one array of code points, with a zero at each edge."""
    begins = np.array(list(accumulate(map(len, texts), initial=1)), dtype=np.int64)
    begins += np.arange(len(begins))
    return ConcatenatedTexts(points_of("\0".join(("", *texts, ""))), begins)


def points_of(text: str) -> np.ndarray:
    """The code points of a text: uint32."""
    # `str.encode` would first look the codec up by name.
    return np.frombuffer(codecs.utf_32_le_encode(text, "surrogatepass")[0], dtype=np.uint32)


def text_of(points: np.ndarray) -> str:
    """The text of an array of code points (uint32)."""
    return codecs.utf_32_le_decode(points.data, "surrogatepass", True)[0]


@inner
def is_space(point: int) -> bool:
    """Whether a code point is white space to `str.isspace` and `str.split`."""
    if point < 0x1680:
        return 9 <= point <= 13 or 28 <= point <= 32 or point == 0x85 or point == 0xA0
    if point <= 0x200A:
        return point >= 0x2000 or point == 0x1680
    return point == 0x2028 or point == 0x2029 or point == 0x202F or point == 0x205F or point == 0x3000


class CharacterClasses:
    """Table from code point to character classes: bit `i` is set where `expressions[i]` matches the character.

    The first plane is filled at once. The rest, large and nearly empty, is filled for characters as they occur.
    """

    def __init__(self, expressions: Sequence[str]) -> None:
        self._expressions = expressions
        self._bits = np.zeros(_CODE_POINTS, dtype=np.uint16)
        self._classified = np.zeros(_CODE_POINTS, dtype=bool)
        self._classify(np.arange(_PLANE, dtype=np.uint32))

    def bits(self, points: np.ndarray) -> np.ndarray:
        """The whole table, filled for all of `points`: uint16, shape (0x110000,)."""
        if len(points) and points.max() >= _PLANE:
            self._classify(np.unique(points[~self._classified[points]]))
        return self._bits

    def _classify(self, points: np.ndarray) -> None:
        self._bits[points] = class_bits(text_of(points), self._expressions)
        self._classified[points] = True


def class_bits(text: str, expressions: Sequence[str]) -> np.ndarray:
    """Classes of each character of a text, bit `i` for `expressions[i]`: uint16, shape (characters,).

    Each expression matches a single character.
    """
    bits = np.zeros(len(text), dtype=np.uint16)
    for i, expression in enumerate(expressions):
        for match in regex.finditer(f"{expression}+", text, regex.V1):
            bits[slice(*match.span())] |= np.uint16(1 << i)
    return bits
