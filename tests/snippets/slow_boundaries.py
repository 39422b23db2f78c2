"""Edges of words and graphemes by regular expressions: an oracle for the loops of `kb/snippets/boundaries.py`."""

from __future__ import annotations

from itertools import islice

import regex

from kb.snippets.boundaries import LOOKED_BACK, SPACES_TRIED
from kb.snippets.character_classes import LONGEST_GRAPHEME
from kb.text.sentences import ABBREVIATIONS

_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_LETTERS = rf"[\p{{L}}\p{{N}}\p{{M}}\u200c\u200d--[{_IDEOGRAPHS}]]"
_LETTERS_BEFORE = regex.compile(rf"(?r){_LETTERS}*", regex.V1)
_LETTERS_AFTER = regex.compile(rf"{_LETTERS}*", regex.V1)
_IN_LETTERS = regex.compile(rf"{_LETTERS}{{2}}", regex.V1)
JOINING = ".,'’"
"""What joins two letters or digits to one word."""

_IN_TOKEN = regex.compile(rf"[\p{{L}}\p{{N}}\p{{M}}][{JOINING}][\p{{L}}\p{{N}}]")
_WORD_START = regex.compile(r"(?<=\s)[\p{L}\p{N}]")
_DANGLING = regex.compile(rf"(?:\b(?:{ABBREVIATIONS})\.|(?<!\S)[\p{{N}}.,]+)$")
"""What a passage should not be cut after: an abbreviation reads like an end, a number has lost its unit."""

_SPACE_BEFORE = regex.compile(r"(?r)\s")
TRAILING = " ,;:(–—-“‘["
"""Punctuation that leads to what is cut off."""

_SURELY_APART = regex.compile(r"(?r)[\p{GCB=Other}--\p{Extended_Pictographic}]{2}", regex.V1)
_GRAPHEME = regex.compile(r"\X")


def first_word_begin(text: str, low: int, high: int) -> int | None:
    """The first offset in `low..high` where a word begins, if possible after white space; None if none does."""
    if low == 0:
        return 0
    if match := _WORD_START.search(text, low, min(len(text), high + 1)):
        return match.start()
    return next(
        (offset for offset in range(low, high + 1) if may_cut(text, offset) and not text[offset].isspace()), None
    )


def last_word_end(text: str, low: int, high: int, preferred: int) -> int | None:
    """The last offset in `low..high` where a word ends; None if none does.

    If possible that is before white space, not before `preferred`, not after an abbreviation or a number;
    punctuation that leads to what is cut off is left out.
    """
    if high >= len(text):
        return len(text)
    spaces = [
        match.start() for match in islice(_SPACE_BEFORE.finditer(text, max(low, preferred), high + 1), SPACES_TRIED)
    ]
    whole = (offset for offset in spaces if not _DANGLING.search(text, max(0, offset - LOOKED_BACK), offset))
    end = next(whole, spaces[0] if spaces else None)
    if end is None or not may_cut(text, end):
        ends = (offset for offset in range(high, low - 1, -1) if offset == low or not text[offset - 1].isspace())
        end = next((offset for offset in ends if may_cut(text, offset)), None)
    return None if end is None else _without_trailing(text, low, end)


def begin_of_word(text: str, offset: int, reach: int) -> int:
    """Where the word around `offset` begins, at most `reach` before it; else `offset`."""
    if not is_inside_word(text, offset):
        return offset
    match = _LETTERS_BEFORE.match(text, max(0, offset - reach - 1), offset)
    start: int = match.start() if match else offset
    return start if offset - start <= reach else offset


def end_of_word(text: str, offset: int, reach: int) -> int:
    """Where the word around `offset` ends, at most `reach` after it; else `offset`."""
    if not is_inside_word(text, offset):
        return offset
    match = _LETTERS_AFTER.match(text, offset, min(len(text), offset + reach + 1))
    end: int = match.end() if match else offset
    return end if end - offset <= reach else offset


def is_inside_word(text: str, offset: int) -> bool:
    """Whether letters or digits stand on both sides of a offset; ideographs do not count, each is a word."""
    return 0 < offset < len(text) and _IN_LETTERS.fullmatch(text, offset - 1, offset + 1) is not None


def begin_of_grapheme(text: str, offset: int) -> int:
    """The nearest offset at or before `offset` that is not inside a grapheme."""
    if offset <= 0 or offset >= len(text) or (text[offset - 1 : offset + 1].isascii() and text[offset] != "\n"):
        return min(max(offset, 0), len(text))
    sure = _SURELY_APART.search(text, max(0, offset - LONGEST_GRAPHEME), offset)
    begin = last = sure.start() + 1 if sure else max(0, offset - LONGEST_GRAPHEME)
    for match in _GRAPHEME.finditer(text, begin, min(len(text), offset + LONGEST_GRAPHEME)):
        if match.start() > offset:
            break
        last = match.start()
    return last


def end_of_grapheme(text: str, offset: int) -> int:
    """The nearest offset at or after `offset` that is not inside a grapheme."""
    start = begin_of_grapheme(text, offset)
    if start == offset:
        return offset
    match = _GRAPHEME.match(text, start)
    return match.end() if match else offset


def may_cut(text: str, offset: int) -> bool:
    """Whether a offset is inside no word, no number with a separator and no grapheme."""
    if not 0 < offset < len(text) or (text[offset] == " " and text[offset - 1].isascii()):
        return True
    if is_inside_word(text, offset) or any(_IN_TOKEN.match(text, p) for p in (offset - 2, offset - 1) if p >= 0):
        return False
    return begin_of_grapheme(text, offset) == offset


def _without_trailing(text: str, low: int, end: int) -> int:
    shorter = low + len(text[low:end].rstrip(TRAILING))
    if shorter == end:
        return end
    return shorter if shorter > low and may_cut(text, shorter) else end
