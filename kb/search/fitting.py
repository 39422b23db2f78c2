"""A passage of a limited length around a match: whole sentences where they fit, else whole words, else graphemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import regex

from kb.search.boundaries import (
    grapheme_end,
    grapheme_start,
    run_end,
    run_start,
    sentence_ends,
    sentence_starts,
    word_end,
    word_start,
)

CORE = 0.85
LEAD = 0.3
FAR = 0.75
ENOUGH = 0.5
MEAGRE = 0.2
"""Shares of a passage: the most that matches may take up; what stands before the first match where no sentence fits, of
the room to spare; how far from the beginning of its sentence a match may be for the passage to begin there; from what
length a passage need not go on into the next paragraph; below what length it goes on even past a heading."""

LONGEST_HEADING = 120

_PLAINLY_BEFORE = frozenset(" \n(")
_PLAINLY_AFTER = frozenset(" \n.,;:)")
"""Characters beside a word that are surely no part of it: most words have these."""

_PARAGRAPH = "\n\n"
_HEADING = regex.compile(rf"(?![-*•‣▪·–]\s|\d{{1,2}}[.)]\s)[^\n]{{0,{LONGEST_HEADING - 1}}}[^\n.!…。।,;:)\"”](?=\n\n)")
_VISIBLE = regex.compile(r"[^\p{Z}\p{C}\p{M}]")


class Passage(NamedTuple):
    """`start:end` in the text; `begins` and `ends` say whether that is where a sentence begins and ends."""

    start: int
    end: int
    begins: bool
    ends: bool


class Room(NamedTuple):
    """The part of a text, `low:high`, that a passage may take up, and how many characters with its ellipses."""

    low: int
    high: int
    chars: int


def longest_core(chars: int) -> int:
    """How long the matched part of a passage of so many characters may be, leaving room to reach the ends of words."""
    return int(CORE * (chars - 2))


def fit(text: str, first: int, last: int, room: Room) -> Passage:
    """The passage around `first:last` that its room allows."""
    first, last = _whole_words(text, first, last, room)
    starts = sentence_starts(text, max(room.low, last - room.chars), first)
    if starts:
        ends = sentence_ends(text, last, min(starts[-1] + room.chars, room.high))
        if ends:
            return _sentences(text, starts, ends, room.chars)
        if last - starts[-1] <= FAR * room.chars:
            return _cut(text, starts[-1], last, room, begins=True)
    return _without_beginning(text, first, last, starts, room)


def _without_beginning(text: str, first: int, last: int, starts: Sequence[int], room: Room) -> Passage:
    """A passage that begins in the middle of a sentence: a little before the match, or more where it soon ends."""
    spare = room.chars - 2 - (last - first)
    lowest = max([room.low, *starts[-1:]])
    start = _lead(text, max(lowest, min(first - int(LEAD * spare), room.high - room.chars + 2)), first)
    passage = _cut(text, start, last, room, begins=start in starts)
    if passage.ends and not passage.begins:
        start = _lead(text, max(lowest, passage.end - room.chars + 1), first)
        passage = passage._replace(start=start, begins=start in starts)
    return passage


def _lead(text: str, low: int, first: int) -> int:
    start = word_start(text, min(low, first), first)
    return first if start is None else start


def opening(text: str, chars: int) -> list[Passage]:
    """The passage that a text begins with, headings left out; none if there is nothing to see in the text."""
    visible = _VISIBLE.search(text)
    if visible is None:
        return []
    place = visible.start()
    for _ in range(3):
        heading = _HEADING.match(text, place)
        if heading is None:
            break
        place = heading.end() + len(_PARAGRAPH)
    return [fit(text, place, min(place + 1, len(text)), Room(0, len(text), chars))]


def begins_heading(text: str, place: int) -> bool:
    """Whether a place lies in a heading: a short paragraph of one line that does not end like a sentence."""
    begin = text.rfind("\n", max(0, place - LONGEST_HEADING), place) + 1
    if begin == 0 and place > LONGEST_HEADING:
        return False
    return (begin < 2 or text.startswith(_PARAGRAPH, begin - 2)) and _HEADING.match(text, begin) is not None


def _whole_words(text: str, first: int, last: int, room: Room) -> tuple[int, int]:
    """The core with the rest of the words that it begins and ends in, as far as they fit."""
    if text[first - 1 : first] in _PLAINLY_BEFORE and text[last : last + 1] in _PLAINLY_AFTER and first > room.low:
        return first, last
    most = room.chars - 2
    end = run_end(text, last, max(0, min(most - (last - first), room.high - last)))
    begin = run_start(text, first, max(0, min(most - (end - first), first - room.low)))
    whole = max(room.low, grapheme_start(text, begin)), min(room.high, grapheme_end(text, end))
    # A single grapheme can be longer than a passage.
    return whole if whole[1] - whole[0] <= most else (begin, end)


def _sentences(text: str, starts: Sequence[int], ends: Sequence[int], chars: int) -> Passage:
    """Whole sentences: those that follow as far as they fit, then those before if it is still short."""
    start = starts[-1]
    end = _last_end(text, start, ends, chars)
    if end - start < ENOUGH * chars:
        paragraph = text.rfind(_PARAGRAPH, starts[0], start)
        meagre = end - start < MEAGRE * chars
        start = next(s for s in starts if end - s <= chars and (meagre or s > paragraph))
    return Passage(start, end, begins=True, ends=True)


def _cut(text: str, start: int, last: int, room: Room, *, begins: bool) -> Passage:
    """From `start` to the last sentence end that fits, else the last word end, beyond the last match."""
    most = min(room.high, start + room.chars - (0 if begins else 1))
    ends = sentence_ends(text, last, most)
    if ends:
        return Passage(start, _last_end(text, start, ends, room.chars), begins, ends=True)
    most = max(last, min(room.high, most - 1))
    end = word_end(text, last, most, enough=start + room.chars // 2)
    return Passage(start, max(last, grapheme_start(text, most)) if end is None else end, begins, ends=False)


def _last_end(text: str, start: int, ends: Sequence[int], chars: int) -> int:
    """The last of the ends, but where it is enough none beyond its paragraph, and none beyond a heading."""
    for end in ends:
        if not text.startswith(_PARAGRAPH, end) or end - start < MEAGRE * chars:
            continue
        if end - start >= ENOUGH * chars or _HEADING.match(text, end + len(_PARAGRAPH)):
            return end
    return ends[-1]
