"""Characters of a window: the classes that loops read in place of regular expressions.

A table holds the classes of every character; a bit beside them says where a grapheme begins. In most text every
character is a grapheme by itself; in other text `grapheme_window` finds the graphemes.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import regex

from kb.compiled import inner
from kb.text.characters import CharacterClasses

_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_EXPRESSIONS = (
    rf"[\p{{L}}\p{{N}}\p{{M}}\u200c\u200d--[{_IDEOGRAPHS}]]",
    r"[\p{L}\p{N}]",
    r"[\p{L}\p{N}\p{M}]",
    r"\p{N}",
    r"\s",
    r"[\s\x1c-\x1f]",
    r"\w",
    r"\p{Lu}",
    r"[[\p{GCB=Other}\n]--[\p{Extended_Pictographic}\p{M}]]",
)
OF_WORD, LETTER, LETTER_OR_MARK, NUMERAL, SPACE, WHITE, WORD_CHARACTER, CAPITAL, ALONE, GRAPHEME = (
    1 << bit for bit in range(10)
)
"""Bits of a character's class. OF_WORD: inside words of letters, an ideograph is a word by itself; WHITE: white space
to `str.strip`; ALONE: a grapheme by itself whatever its neighbours; GRAPHEME: a grapheme begins here, which no table
knows."""

_PLANE = 1 << 16
"""Code points below are in the table from the beginning; a loop looks no others up on its own."""

LONGEST_GRAPHEME = 4096
"""Code points searched, on either side of a stretch, for an edge of a grapheme."""

_GRAPHEMES = regex.compile(r"\X")
_APART = r"[\p{GCB=Other}--\p{Extended_Pictographic}]{2}"
_APART_BEFORE, _APART_BEHIND = regex.compile(f"(?r){_APART}", regex.V1), regex.compile(_APART, regex.V1)


class Characters(NamedTuple):
    """A stretch of a text.

    points   uint32 (n,)  code points
    classes  uint16 (n,)  bits of each
    """

    points: np.ndarray
    classes: np.ndarray


@cache
def _character_classes() -> CharacterClasses:
    return CharacterClasses(_EXPRESSIONS)


def class_table(points: np.ndarray) -> np.ndarray:
    """Classes by code point, right for the points given and the first plane: uint16, shape (0x110000,)."""
    return _character_classes().bits(points)


def grapheme_window(text: str, begin: int, end: int) -> tuple[int, np.ndarray]:
    """The stretch `begin:end` of a text, widened to edges of graphemes.

    Returns its begin and, for each of its characters, whether a grapheme begins there (uint8).
    """
    before = _APART_BEFORE.search(text, max(0, begin - LONGEST_GRAPHEME), begin)
    behind = _APART_BEHIND.search(text, end, min(len(text), end + LONGEST_GRAPHEME))
    begin = before.start() + 1 if before else max(0, begin - LONGEST_GRAPHEME)
    end = behind.start() + 1 if behind else min(len(text), end + LONGEST_GRAPHEME)
    begins_grapheme = np.zeros(end - begin, dtype=np.uint8)
    begins_grapheme[[match.start() - begin for match in _GRAPHEMES.finditer(text, begin, end)]] = 1
    return begin, begins_grapheme


@inner
def write_plain_classes(characters: Characters, table: np.ndarray) -> bool:
    """Write the classes of characters that are graphemes by themselves; False at the first that may not be one."""
    points, classes = characters
    for i in range(len(points)):
        if points[i] >= _PLANE or not table[points[i]] & ALONE:
            return False
        classes[i] = table[points[i]] | GRAPHEME
    return True


@inner
def write_classes(characters: Characters, table: np.ndarray, begins_grapheme: np.ndarray) -> None:
    """Write the classes of characters whose graphemes are known."""
    points, classes = characters
    for i in range(len(points)):
        classes[i] = table[points[i]] | (GRAPHEME if begins_grapheme[i] else 0)
