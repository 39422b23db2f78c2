"""Where a passage of text may begin and end: sentences, words, graphemes. Each looks only at the text near by."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

_ABBREVIATIONS = (
    r"Dr|Mr|Mrs|Ms|Prof|St|Mt|Jr|Sr|vs|e\.g|i\.e|cf|No|Fig|Figs|Vol|pp|al|approx|ca|incl|esp|resp|a\.m|p\.m|Ph\.D"
    r"|[\p{Lu}]"
)
_MARKER = r"(?:(?:[-*•‣▪·–]|\d{1,2}[.)])[^\S\n]+)?"
"""What stands before an item of a list; a passage that begins with the item leaves it out."""

_DASH = r"(?:[-*•][^\S\n]+)?"
_NEW_LINE = rf"(?P<gap>\s*\n\s*{_MARKER})"
_OPENING = r"[\"'(\[“‘«¿¡–—-]?\s?"
_SENTENCE_END = regex.compile(
    rf"(?:(?<!\b(?:{_ABBREVIATIONS}))\.|[!?…])[.!?…]*[\"'”’)\]»]{{0,4}}"
    rf"(?:{_NEW_LINE}|(?P<gap>[^\S\n]+{_DASH}(?={_OPENING}[\p{{Lu}}\p{{Lo}}\p{{N}}])))"
    rf"|[。！？।؟]+[」』”’）)]{{0,4}}(?:{_NEW_LINE}|(?P<gap>[^\S\n]*(?![\p{{M}}\p{{GCB=Extend}}\p{{GCB=ZWJ}}]))(?!\n))"
    rf"|{_NEW_LINE}",
)
_CANDIDATE = re.compile("[.!?…。！？।؟\n]")
"""What every match of `_SENTENCE_END` begins with, but for white space before a new line."""

_FIRST_MARKER = regex.compile(_MARKER)
_KANJI = r"\p{Han}\p{Hiragana}\p{Katakana}"
_RUN = rf"[\p{{L}}\p{{N}}\p{{M}}\u200c\u200d--[{_KANJI}]]"
_RUN_BEFORE = regex.compile(rf"(?r){_RUN}*", regex.V1)
_RUN_AFTER = regex.compile(rf"{_RUN}*", regex.V1)
_IN_RUN = regex.compile(rf"{_RUN}{{2}}", regex.V1)
_IN_TOKEN = regex.compile(r"[\p{L}\p{N}\p{M}][.,'’][\p{L}\p{N}]")
_WORD_START = regex.compile(r"(?<=\s)[\p{L}\p{N}]")
_DANGLING = regex.compile(rf"(?:\b(?:{_ABBREVIATIONS})\.|(?<!\S)[\p{{N}}.,]+)$")
"""What a passage should not be cut after: an abbreviation reads like an end, a number has lost its unit."""

_ONLY_SPACE = regex.compile(r"\s*\Z")
_TRAILING = " ,;:(–—-“‘["
_SURELY_APART = regex.compile(r"(?r)[\p{GCB=Other}--\p{Extended_Pictographic}]{2}", regex.V1)
_GRAPHEME = regex.compile(r"\X")
_LONGEST_MATCH = 16
"""Code points that a match of `_SENTENCE_END` may begin before the place it is about; texts have tidy spaces."""

_LONGEST_GRAPHEME = 4096


def sentence_starts(text: str, low: int, high: int) -> list[int]:
    """The places in `low..high` (both included) where a sentence, line or paragraph begins, ascending.

    The beginning of the text is one, with and without the marker of a list; `low` only if a sentence begins there.
    """
    found = [0, _after_marker(text)] if low <= _LONGEST_MATCH else []
    found += [match.end() for match in _breaks(text, low, high)]
    return sorted({start for start in found if low <= start <= high and start < len(text)})


def sentence_ends(text: str, low: int, high: int) -> list[int]:
    """The places in `low..high` where a sentence, line or paragraph ends (white space after it left out), ascending."""
    found = [end for match in _breaks(text, low, high) if low <= (end := match.start("gap")) <= high]
    last = low + len(text[low : high + 1].rstrip())
    if last <= high and (not found or found[-1] < last) and _ONLY_SPACE.match(text, last):
        found.append(last)
    return found


def word_start(text: str, low: int, high: int) -> int | None:
    """The first place in `low..high` where a word begins, if possible after white space; None if none does."""
    if low == 0:
        return 0
    if match := _WORD_START.search(text, low, min(len(text), high + 1)):
        return match.start()
    return next((place for place in range(low, high + 1) if _may_cut(text, place) and not text[place].isspace()), None)


def word_end(text: str, low: int, high: int, enough: int) -> int | None:
    """The last place in `low..high` where a word ends; None if none does.

    If possible that is before white space, not before `enough`, not after an abbreviation or a number; punctuation that
    leads to what is cut off is left out.
    """
    if high >= len(text):
        return len(text)
    spaces = [place for place in range(high, max(low, enough) - 1, -1) if text[place].isspace()]
    whole = (place for place in spaces[:4] if not _DANGLING.search(text, max(0, place - 16), place))
    end = next(whole, spaces[0] if spaces else None)
    if end is None or not _may_cut(text, end):
        ends = (place for place in range(high, low - 1, -1) if place == low or not text[place - 1].isspace())
        end = next((place for place in ends if _may_cut(text, place)), None)
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
    sure = _SURELY_APART.search(text, max(0, place - _LONGEST_GRAPHEME), place)
    begin = last = sure.start() + 1 if sure else max(0, place - _LONGEST_GRAPHEME)
    for match in _GRAPHEME.finditer(text, begin, min(len(text), place + _LONGEST_GRAPHEME)):
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


def _breaks(text: str, low: int, high: int) -> Iterator[regex.Match[str]]:
    """The matches of `_SENTENCE_END` near `low..high`."""
    place, stop = max(0, low - _LONGEST_MATCH), min(len(text), high + _LONGEST_MATCH)
    for candidate in _CANDIDATE.finditer(text, place, stop):
        start = candidate.start()
        # A dot before a letter or digit ends nothing, and there are many.
        if start < place or (text[start] in ".!?" and text[start + 1 : start + 2].isalnum()):
            continue
        while text[start] in "\n \t" and start > place and text[start - 1].isspace():
            start -= 1
        if match := _SENTENCE_END.match(text, start, stop):
            yield match
            place = match.end()


def _after_marker(text: str) -> int:
    match = _FIRST_MARKER.match(text)
    return match.end() if match else 0


def _may_cut(text: str, place: int) -> bool:
    """Whether a place is inside no word, no number with a separator and no grapheme."""
    if not 0 < place < len(text):
        return True
    if is_inside_run(text, place) or any(_IN_TOKEN.match(text, p) for p in (place - 2, place - 1) if p >= 0):
        return False
    return grapheme_start(text, place) == place


def _without_trailing(text: str, low: int, end: int) -> int:
    shorter = low + len(text[low:end].rstrip(_TRAILING))
    return shorter if shorter > low and _may_cut(text, shorter) else end
