"""Characters of a window, with classes for loops, which cannot use regular expressions.

A table holds the classes of every character; one more bit marks where a grapheme begins. In most text every character
is a grapheme by itself; in the rest `grapheme_window` finds the graphemes.
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
"""Bits of a character's classes.

OF_WORD   part of a word of letters and digits; an ideograph is a word by itself, and has no such bit
WHITE     white space to `str.strip`; SPACE is white space to regular expressions
ALONE     a grapheme by itself, whatever the neighbours
GRAPHEME  begin of a grapheme; not in the table, because the neighbours decide
"""

_PLANE = 1 << 16
"""The table has all code points below from the beginning; a code point above is learned before a loop reads it."""

LONGEST_GRAPHEME = 4096
"""Code points searched, on either side of a stretch, for an edge of a grapheme."""

_GRAPHEMES = regex.compile(r"\X")
_APART = r"[\p{GCB=Other}--\p{Extended_Pictographic}]{2}"
_APART_BEFORE, _APART_BEHIND = regex.compile(f"(?r){_APART}", regex.V1), regex.compile(_APART, regex.V1)


class Characters(NamedTuple):
    """A stretch of a text as loops read it.

    points   uint32 (n,)  code points
    classes  uint16 (n,)  bits
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
    """The stretch `begin:end` of a text, widened to edges of graphemes: begin, and a flag per character (uint8).

    A flag is 1 at the begin of a grapheme.
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
    """Write the classes of characters; False at the first that may not be a grapheme by itself."""
    points, classes = characters
    for i in range(len(points)):
        if points[i] >= _PLANE or not table[points[i]] & ALONE:
            return False
        classes[i] = table[points[i]] | GRAPHEME
    return True


@inner
def write_classes(characters: Characters, table: np.ndarray, begins_grapheme: np.ndarray) -> None:
    """Write the classes of characters; `begins_grapheme` has 1 at the begin of a grapheme, else 0."""
    points, classes = characters
    for i in range(len(points)):
        classes[i] = table[points[i]] | (GRAPHEME if begins_grapheme[i] else 0)
