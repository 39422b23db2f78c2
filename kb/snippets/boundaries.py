"""Where a passage of text may begin and end if not with a sentence: words, graphemes. Each looks only near by."""

from __future__ import annotations

from itertools import islice

import regex

from kb.text.sentences import ABBREVIATIONS

_KANJI = r"\p{Han}\p{Hiragana}\p{Katakana}"
_RUN = rf"[\p{{L}}\p{{N}}\p{{M}}\u200c\u200d--[{_KANJI}]]"
_RUN_BEFORE = regex.compile(rf"(?r){_RUN}*", regex.V1)
_RUN_AFTER = regex.compile(rf"{_RUN}*", regex.V1)
_IN_RUN = regex.compile(rf"{_RUN}{{2}}", regex.V1)
JOINING = ".,'’"
"""What joins two letters or digits to one word."""

_IN_TOKEN = regex.compile(rf"[\p{{L}}\p{{N}}\p{{M}}][{JOINING}][\p{{L}}\p{{N}}]")
_WORD_START = regex.compile(r"(?<=\s)[\p{L}\p{N}]")
_DANGLING = regex.compile(rf"(?:\b(?:{ABBREVIATIONS})\.|(?<!\S)[\p{{N}}.,]+)$")
"""What a passage should not be cut after: an abbreviation reads like an end, a number has lost its query_term."""

_SPACE_BEFORE = regex.compile(r"(?r)\s")
TRAILING = " ,;:(–—-“‘["
"""Punctuation that leads to what is cut off."""

SPACES_TRIED = 4
LOOKED_BACK = 16
"""Spaces, the last ones first, at which a passage may end, and characters before each that tell whether it should."""

_SURELY_APART = regex.compile(r"(?r)[\p{GCB=Other}--\p{Extended_Pictographic}]{2}", regex.V1)
_GRAPHEME = regex.compile(r"\X")
LONGEST_GRAPHEME = 4096


def word_start(text: str, low: int, high: int) -> int | None:
    """The first place in `low..high` where a word begins, if possible after white space; None if none does."""
    if low == 0:
        return 0
    if match := _WORD_START.search(text, low, min(len(text), high + 1)):
        return match.start()
    return next((place for place in range(low, high + 1) if may_cut(text, place) and not text[place].isspace()), None)


def word_end(text: str, low: int, high: int, enough: int) -> int | None:
    """The last place in `low..high` where a word ends; None if none does.

    If possible that is before white space, not before `enough`, not after an abbreviation or a number; punctuation that
    leads to what is cut off is left out.
    """
    if high >= len(text):
        return len(text)
    spaces = [match.start() for match in islice(_SPACE_BEFORE.finditer(text, max(low, enough), high + 1), SPACES_TRIED)]
    whole = (place for place in spaces if not _DANGLING.search(text, max(0, place - LOOKED_BACK), place))
    end = next(whole, spaces[0] if spaces else None)
    if end is None or not may_cut(text, end):
        ends = (place for place in range(high, low - 1, -1) if place == low or not text[place - 1].isspace())
        end = next((place for place in ends if may_cut(text, place)), None)
    return None if end is None else _without_trailing(text, low, end)


def run_start(text: str, place: int, reach: int) -> int:
    """Where the run of letters that `place` may be inside of begins, at most `reach` before it; else `place`."""
    if not is_inside_run(text, place):
        return place
    match = _RUN_BEFORE.match(text, max(0, place - reach - 1), place)
    start: int = match.start() if match else place
    return start if place - start <= reach else place


def run_end(text: str, place: int, reach: int) -> int:
    """Where the run of letters that `place` may be inside of ends, at most `reach` after it; else `place`."""
    if not is_inside_run(text, place):
        return place
    match = _RUN_AFTER.match(text, place, min(len(text), place + reach + 1))
    end: int = match.end() if match else place
    return end if end - place <= reach else place


def is_inside_run(text: str, place: int) -> bool:
    """Whether letters or digits stand on both sides of a place; ideographs do not count, each is a word."""
    return 0 < place < len(text) and _IN_RUN.fullmatch(text, place - 1, place + 1) is not None


def grapheme_start(text: str, place: int) -> int:
    """The nearest place at or before `place` that is not inside a grapheme."""
    if place <= 0 or place >= len(text) or (text[place - 1 : place + 1].isascii() and text[place] != "\n"):
        return min(max(place, 0), len(text))
    sure = _SURELY_APART.search(text, max(0, place - LONGEST_GRAPHEME), place)
    begin = last = sure.start() + 1 if sure else max(0, place - LONGEST_GRAPHEME)
    for match in _GRAPHEME.finditer(text, begin, min(len(text), place + LONGEST_GRAPHEME)):
        if match.start() > place:
            break
        last = match.start()
    return last


def grapheme_end(text: str, place: int) -> int:
    """The nearest place at or after `place` that is not inside a grapheme."""
    start = grapheme_start(text, place)
    if start == place:
        return place
    match = _GRAPHEME.match(text, start)
    return match.end() if match else place


def may_cut(text: str, place: int) -> bool:
    """Whether a place is inside no word, no number with a separator and no grapheme."""
    if not 0 < place < len(text) or (text[place] == " " and text[place - 1].isascii()):
        return True
    if is_inside_run(text, place) or any(_IN_TOKEN.match(text, p) for p in (place - 2, place - 1) if p >= 0):
        return False
    return grapheme_start(text, place) == place


def _without_trailing(text: str, low: int, end: int) -> int:
    shorter = low + len(text[low:end].rstrip(TRAILING))
    if shorter == end:
        return end
    return shorter if shorter > low and may_cut(text, shorter) else end
