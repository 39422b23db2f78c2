"""Many texts as one array of code points, and what each of its characters is: what compiled loops read texts from.

The classes are regular expressions of one character, so that a loop and an expression cannot differ about a character.
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
"""By bytes a code point. Two bytes only where no code point needs more, so that offsets can be multiplied."""

_PLANE = 1 << 16
_ALL = 0x110000


class Laid(NamedTuple):
    """Texts end to end: text `i` has the code points `points[begins[i]:begins[i + 1] - 1]`; uint32, int64 (texts + 1,).

    A zero stands before each text and behind it, so a loop that looks at a neighbour needs to know no bounds.
    """

    points: np.ndarray
    begins: np.ndarray


def cut(text: str, begins: Iterable[int], ends: Iterable[int]) -> list[str]:
    """Parts of a text, given by where they begin and end."""
    return list(map(text.__getitem__, map(slice, begins, ends)))


def lay(texts: Sequence[str]) -> Laid:
    """The texts as an array, with a zero at each edge."""
    begins = np.array(list(accumulate(map(len, texts), initial=1)), dtype=np.int64)
    begins += np.arange(len(begins))
    return Laid(points_of("\0".join(("", *texts, ""))), begins)


def points_of(text: str) -> np.ndarray:
    """The code points of a text: uint32."""
    # Without the search for the codec's name that `str.encode` begins with.
    return np.frombuffer(codecs.utf_32_le_encode(text, "surrogatepass")[0], dtype=np.uint32)


def text_of(points: np.ndarray) -> str:
    """The text of these code points."""
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
    """Of every character the classes that it is in: bit `i` for the expression `expressions[i]`."""

    def __init__(self, expressions: Sequence[str]) -> None:
        self._expressions = expressions
        self._bits = np.zeros(_ALL, dtype=np.uint16)
        self._known = np.zeros(_ALL, dtype=bool)
        self._learn(np.arange(_PLANE, dtype=np.uint32))

    def bits(self, points: np.ndarray) -> np.ndarray:
        """The table of all characters, which is right for those given: uint16, shape (0x110000,)."""
        if len(points) and points.max() >= _PLANE:
            # The other planes are large and nearly empty: only what is met in them is looked at.
            self._learn(np.unique(points[~self._known[points]]))
        return self._bits

    def _learn(self, points: np.ndarray) -> None:
        self._bits[points] = classified(text_of(points), self._expressions)
        self._known[points] = True


def classified(text: str, expressions: Sequence[str]) -> np.ndarray:
    """Of each character of a text the classes that it is in, bit `i` for `expressions[i]`: uint16, shape (characters,).

    An expression is one of a single character.
    """
    bits = np.zeros(len(text), dtype=np.uint16)
    for number, expression in enumerate(expressions):
        for run in regex.finditer(f"{expression}+", text, regex.V1):
            bits[slice(*run.span())] |= np.uint16(1 << number)
    return bits
