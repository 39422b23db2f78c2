"""Edges of words and graphemes: where a passage may begin and end if not with a sentence."""

from __future__ import annotations

from functools import cache

from kb.compiled import inner
from kb.snippets.character_classes import (
    CAPITAL,
    GRAPHEME,
    LETTER,
    LETTER_OR_MARK,
    NUMERAL,
    OF_WORD,
    SPACE,
    WHITE,
    WORD_CHARACTER,
    Characters,
)
from kb.text.characters import ConcatenatedTexts, concatenated
from kb.text.sentences import ABBREVIATED_WORDS

NONE = -1
"""The result where no offset qualifies."""

SPACES_TRIED = 4
"""Most spaces, the last first, considered as the end of a passage."""

LOOKED_BACK = 16
"""Most characters before a space that decide whether a passage should end at the space."""

_TRAILING = tuple(map(ord, " ,;:(–—-“‘["))
"""Punctuation that leads on, and is left out before a cut."""

_JOINING = tuple(map(ord, ".,'’"))
"""Signs that join two letters or digits to one word."""

_COMMA, _STOP, _NEW_LINE = map(ord, ",.\n")


@cache
def abbreviations() -> ConcatenatedTexts:
    """Words with a full stop of their own, without the stop."""
    return concatenated(ABBREVIATED_WORDS)


@inner
def is_inside_word(characters: Characters, offset: int) -> bool:
    """Whether letters or digits stand on both sides of an offset; ideographs do not count, each being a word."""
    classes = characters.classes
    return 0 < offset < len(classes) and classes[offset - 1] & classes[offset] & OF_WORD != 0


@inner
def begin_of_word(characters: Characters, offset: int, reach: int) -> int:
    """Begin of the word around an offset, at most `reach` before; else `offset`."""
    if not is_inside_word(characters, offset):
        return offset
    begin = offset
    while begin > max(0, offset - reach - 1) and characters.classes[begin - 1] & OF_WORD:
        begin -= 1
    return begin if offset - begin <= reach else offset


@inner
def end_of_word(characters: Characters, offset: int, reach: int) -> int:
    """End of the word around an offset, at most `reach` behind; else `offset`."""
    if not is_inside_word(characters, offset):
        return offset
    end = offset
    while end < min(len(characters.classes), offset + reach + 1) and characters.classes[end] & OF_WORD:
        end += 1
    return end if end - offset <= reach else offset


@inner
def begin_of_grapheme(characters: Characters, offset: int) -> int:
    """The nearest edge of a grapheme at or before an offset."""
    offset = min(max(offset, 0), len(characters.classes))
    while 0 < offset < len(characters.classes) and not characters.classes[offset] & GRAPHEME:
        offset -= 1
    return offset


@inner
def end_of_grapheme(characters: Characters, offset: int) -> int:
    """The nearest edge of a grapheme at or behind an offset."""
    offset = min(max(offset, 0), len(characters.classes))
    while 0 < offset < len(characters.classes) and not characters.classes[offset] & GRAPHEME:
        offset += 1
    return offset


@inner
def first_word_begin(characters: Characters, low: int, high: int) -> int:
    """The first begin of a word in `low..high`, if possible behind white space; NONE without one."""
    points, classes = characters
    if low == 0:
        return 0
    for offset in range(low, min(len(points), high + 1)):
        if classes[offset] & LETTER and classes[offset - 1] & SPACE:
            return offset
    for offset in range(low, high + 1):
        if may_cut(characters, offset) and not classes[offset] & WHITE:
            return offset
    return NONE


@inner
def last_word_end(characters: Characters, low: int, high: int, preferred: int, abbreviated: ConcatenatedTexts) -> int:
    """The last end of a word in `low..high`; NONE without one.

    If possible before white space, from `preferred` on, and not behind an abbreviation or a number; trailing
    punctuation is left out.
    """
    points, classes = characters
    if high >= len(points):
        return len(points)
    end = _last_space(characters, max(low, preferred), high, abbreviated)
    if end == NONE or not may_cut(characters, end):
        end = NONE
        for offset in range(high, low - 1, -1):
            if (offset == low or not classes[offset - 1] & WHITE) and may_cut(characters, offset):
                end = offset
                break
    return end if end == NONE else _without_trailing(characters, low, end)


@inner
def _last_space(characters: Characters, low: int, high: int, abbreviated: ConcatenatedTexts) -> int:
    """The last space in `low..high` without a dangling word before, among the last few; else the last; else NONE."""
    points, classes = characters
    last, tried = NONE, 0
    for offset in range(high, low - 1, -1):
        if not classes[offset] & SPACE:
            continue
        # Behind a line end, the last word may be before the line end.
        before_line_end = offset - 1 if offset > 0 and points[offset - 1] == _NEW_LINE else offset
        dangles = _dangles(characters, offset, offset, abbreviated)
        if not dangles and before_line_end < offset:
            dangles = _dangles(characters, before_line_end, offset, abbreviated)
        if not dangles:
            return offset
        last = max(last, offset)
        tried += 1
        if tried == SPACES_TRIED:
            break
    return last


@inner
def _dangles(characters: Characters, end: int, space: int, abbreviated: ConcatenatedTexts) -> bool:
    """Whether a number, cut off from a unit, or an abbreviation ends at `end`; `space` bounds how far back to read."""
    points, classes = characters
    low = max(0, space - LOOKED_BACK)
    begin = end
    while begin > low and (classes[begin - 1] & NUMERAL or points[begin - 1] == _COMMA or points[begin - 1] == _STOP):
        begin -= 1
    if begin < end and (begin == 0 or classes[begin - 1] & SPACE):
        return True
    stop = end - 1
    if stop <= low or points[stop] != _STOP:
        return False
    if classes[stop - 1] & CAPITAL and not _follows_word(characters, stop - 1):
        return True
    for word in range(len(abbreviated.begins) - 1):
        last = abbreviated.begins[word + 1] - 1
        length = last - abbreviated.begins[word]
        same = 0
        while same < length and stop - same > low and abbreviated.points[last - same - 1] == points[stop - same - 1]:
            same += 1
        if same == length and not _follows_word(characters, stop - same):
            return True
    return False


@inner
def _follows_word(characters: Characters, offset: int) -> bool:
    return offset > 0 and characters.classes[offset - 1] & WORD_CHARACTER != 0


@inner
def may_cut(characters: Characters, offset: int) -> bool:
    """Whether an offset is inside no word, no number with a separator and no grapheme."""
    if not 0 < offset < len(characters.points):
        return True
    if not characters.classes[offset] & GRAPHEME or is_inside_word(characters, offset):
        return False
    return not (_is_joined(characters, offset - 2) or _is_joined(characters, offset - 1))


@inner
def _is_joined(characters: Characters, offset: int) -> bool:
    """Whether a letter or digit, a joining sign and another letter or digit stand from an offset on."""
    points, classes = characters
    if offset < 0 or offset + 2 >= len(points):
        return False
    if not (classes[offset] & LETTER_OR_MARK and classes[offset + 2] & LETTER):
        return False
    return points[offset + 1] in _JOINING


@inner
def _without_trailing(characters: Characters, low: int, end: int) -> int:
    shorter = end
    while shorter > low and characters.points[shorter - 1] in _TRAILING:
        shorter -= 1
    return shorter if low < shorter < end and may_cut(characters, shorter) else end


@inner
def without_white(characters: Characters, low: int, end: int) -> int:
    """End of `low:end` without the white space at its end."""
    while end > low and characters.classes[end - 1] & WHITE:
        end -= 1
    return end
