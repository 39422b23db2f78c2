"""Characters of a window, with classes for loops, which cannot use regular expressions.

One bit more than the classes marks where a grapheme begins. In most text every character is a grapheme by itself, which
a small table tells; in the rest `grapheme_window` finds the graphemes.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import regex

from kb.compiled import inner
from kb.text.characters import CharacterClasses, class_bits, points_of

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

TABLE = 0x2100
"""Code points of the table that loops read: the letters of Europe, of Arabic, Hebrew and India, and typography."""

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
def plain_classes() -> np.ndarray:
    """Classes of the code points below `TABLE`: uint16, shape (TABLE,)."""
    return class_bits("".join(map(chr, range(TABLE))), _EXPRESSIONS)


@cache
def _all_classes() -> CharacterClasses:
    return CharacterClasses(_EXPRESSIONS)


def grapheme_window(text: str, begin: int, end: int) -> tuple[int, np.ndarray]:
    """The stretch `begin:end` of a text, widened to edges of graphemes: begin, and classes by character (uint16)."""
    before = _APART_BEFORE.search(text, max(0, begin - LONGEST_GRAPHEME), begin)
    behind = _APART_BEHIND.search(text, end, min(len(text), end + LONGEST_GRAPHEME))
    begin = before.start() + 1 if before else max(0, begin - LONGEST_GRAPHEME)
    end = behind.start() + 1 if behind else min(len(text), end + LONGEST_GRAPHEME)
    points = points_of(text[begin:end])
    classes: np.ndarray = _all_classes().bits(points)[points]
    classes[[match.start() - begin for match in _GRAPHEMES.finditer(text, begin, end)]] |= np.uint16(GRAPHEME)
    return begin, classes


@inner
def write_plain_classes(characters: Characters, table: np.ndarray) -> bool:
    """Write the classes of characters; False at the first that may not be a grapheme, or is not in the table."""
    points, classes = characters
    for i in range(len(points)):
        if points[i] >= len(table) or not table[points[i]] & ALONE:
            return False
        classes[i] = table[points[i]] | GRAPHEME
    return True
