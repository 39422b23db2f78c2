"""Where a passage of text may begin and end: sentences, words, graphemes. Each looks only at the text near by."""

from __future__ import annotations

import regex

_ABBREVIATIONS = r"Dr|Mr|Mrs|Ms|Prof|St|vs|e\.g|i\.e|cf|No|Fig|approx|ca|a\.m|p\.m|[\p{Lu}]"
_OPENING = r"[\"'(\[“‘«¿¡–—-]?\s?"
_SENTENCE_END = regex.compile(
    rf"(?:(?<!\b(?:{_ABBREVIATIONS}))\.|[!?…])[.!?…]*[\"'”’)\]»]*(?:\s+(?={_OPENING}[\p{{Lu}}\p{{Lo}}\p{{N}}]))"
    r"|[。！？।؟]+\s*"
    r"|\s*\n\s*",
)
_WORD_START = regex.compile(r"\s(?=[^\s\p{M}\u200c\u200d])")
_RUN_BEFORE = regex.compile(r"[\p{L}\p{N}\p{M}]+$")
_RUN_AFTER = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_GRAPHEME = regex.compile(r"\X")
_REACH = 64
"""Code points before a place at which a grapheme that it might split is taken to begin."""


def sentence_starts(text: str, low: int, high: int) -> list[int]:
    """The places in `low..high` (both included) where a sentence, line or paragraph begins, ascending.

    The beginning of the text is one; `low` itself only if a sentence really begins there.
    """
    begin = max(0, low - 8)
    found = [0] if low == 0 else []
    found += [m.end() for m in _SENTENCE_END.finditer(text, begin, min(len(text), high + 8)) if low <= m.end() <= high]
    return [start for start in found if start < len(text)]


def sentence_ends(text: str, low: int, high: int) -> list[int]:
    """The places in `low..high` where a sentence, line or paragraph ends (white space after it left out), ascending."""
    begin = max(0, low - 8)
    matches = _SENTENCE_END.finditer(text, begin, min(len(text), high + 8))
    found = [end for m in matches if low <= (end := m.start() + len(m.group().rstrip())) <= high]
    last = len(text.rstrip())
    return found if not low <= last <= high or last in found else [*found, last]


def word_start(text: str, low: int, high: int) -> int | None:
    """The first place in `low..high` where a word begins after white space or the text begins; None if none does."""
    if low == 0:
        return 0
    match = _WORD_START.search(text, low - 1, min(len(text), high + 1))
    return match.end() if match and match.end() <= high else None


def word_end(text: str, low: int, high: int) -> int | None:
    """The last place in `low..high` where a word ends before white space or the text ends; None if none does."""
    if high >= len(text):
        return len(text)
    for place in range(high, low - 1, -1):
        if text[place].isspace() and (place == 0 or not text[place - 1].isspace()):
            return place
    return None


def run_start(text: str, place: int, reach: int) -> int:
    """Where the word that `place` may be inside of begins, at most `reach` before it; `place` if it begins earlier."""
    match = _RUN_BEFORE.search(text, max(0, place - reach - 1), place)
    start = match.start() if match else place
    return start if start == 0 or start > place - reach - 1 else place


def run_end(text: str, place: int, reach: int) -> int:
    """Where the word that `place` may be inside of ends, at most `reach` after it; `place` if it ends later."""
    if place == 0 or not _RUN_AFTER.match(text, place - 1):
        return place
    match = _RUN_AFTER.match(text, place, min(len(text), place + reach + 1))
    end = match.end() if match else place
    return end if end == len(text) or end < place + reach + 1 else place


def grapheme_start(text: str, place: int) -> int:
    """The nearest place at or before `place` that is not inside a grapheme."""
    if place <= 0 or place >= len(text) or (text[place - 1 : place + 1].isascii() and text[place] != "\n"):
        return min(max(place, 0), len(text))
    begin = max(0, place - _REACH)
    last = begin
    for match in _GRAPHEME.finditer(text, begin, min(len(text), place + _REACH)):
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
