"""A passage of a limited length around a match: whole sentences where they fit, else whole words, else graphemes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np
import regex

from kb.compiled import Uint8s, Uint32s, compiled, inner, signed
from kb.search.boundaries import (
    LONGEST_GRAPHEME,
    grapheme_end,
    grapheme_start,
    run_end,
    run_start,
    word_end,
    word_start,
)
from kb.sentences import HEADING, PARAGRAPH_ENDS
from kb.texts import SentenceRun, StoredText

CORE = 0.85
LEAD = 0.3
FAR = 0.75
ENOUGH = 0.5
MEAGRE = 0.2
"""Shares of a passage: the most that matches may take up; what stands before the first match where no sentence fits, of
the room to spare; how far from the beginning of its sentence a match may be for the passage to begin there; from what
length a passage need not go on into the next paragraph; below what length it goes on even past a heading."""

_MARGIN = 64
"""Code points that are read on either side of what a passage may take up, to see whether a word goes on there."""

_OPENING = 4
"""Times the length of a passage: as far as headings at the beginning of a text are passed over."""

_PLAINLY_BEFORE = frozenset(" \n(")
_PLAINLY_AFTER = frozenset(" \n.,;:)")
"""Characters beside a word that are surely no part of it: most words have these."""

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


class _Window(NamedTuple):
    """The part of a text that a passage is cut from: its code points, which begin `at` in the text, and the sentences.

    Places are in the text of the window but for those of the sentences, which are in the whole text.
    """

    text: str
    at: int
    sentences: SentenceRun

    def whole_sentences(self, first: int, last: int, room: Room) -> tuple[int, int]:
        """The sentences around `first:last`; where that of `first` begins and a negative number if they do not fit."""
        at = self.at
        start, end = _whole_sentences(*self.sentences, first + at, last + at, room.low + at, room.high + at, room.chars)
        return start - at, end - at if end >= 0 else -1

    def begins_sentence(self, place: int) -> bool:
        """Whether a sentence or the text begins at a place."""
        place += self.at
        number = bisect_left(self.sentences.starts.data, place)
        return place == 0 or (number < len(self.sentences.starts) and self.sentences.starts[number] == place)


def longest_core(chars: int) -> int:
    """How long the matched part of a passage of so many characters may be, leaving room to reach the ends of words."""
    return int(CORE * (chars - 2))


def fit(stored: StoredText, first: int, least: int, last: int, low: int, high: int, chars: int) -> Passage:
    """The passage of so many characters, within `low:high`, around `first:last`, or around `first:least` at least."""
    start, end = _whole_sentences(*stored.sentences, first, last, low, high, chars)
    if end >= 0:
        return Passage(start, end, begins=True, ends=True)
    return _fit_part(stored, start, first, least, last, Room(low, high, chars))


def opening(stored: StoredText, chars: int) -> Passage | None:
    """The passage that a text begins with, headings left out; None if there is nothing to see in the text."""
    start = _first_sentence(stored, _OPENING * chars)
    if start is None:
        visible = _VISIBLE.search(stored.part(0, stored.length))
        if visible is None:
            return None
        start = visible.start()
    end = min(start + 1, stored.length)
    return fit(stored, start, end, end, 0, stored.length, chars)


def _first_sentence(stored: StoredText, reach: int) -> int | None:
    """Where the first sentence begins that is in no heading, or the first of all; None without one to see."""
    text = stored.part(0, min(reach, stored.length))
    number = bisect_right(stored.sentences.starts.data, reach)
    starts, ends, kinds = (column[:number].tolist() for column in stored.sentences)
    seen = [i for i, start in enumerate(starts) if _VISIBLE.search(text, start, ends[i])]
    return next((starts[i] for i in seen if not kinds[i] & HEADING), starts[seen[0]] if seen else None)


def _fit_part(stored: StoredText, start: int, first: int, least: int, last: int, room: Room) -> Passage:
    """The same where whole sentences do not fit; the one that `first` is in begins at `start`."""
    margin = _MARGIN if stored.simple else _MARGIN + LONGEST_GRAPHEME
    at = max(0, first - room.chars - margin)
    window = _Window(stored.part(at, min(stored.length, last + room.chars + margin)), at, stored.sentences)
    room = Room(room.low - at, room.high - at, room.chars)
    passage = _part(window, start - at, first - at, least - at, last - at, room)
    return Passage(passage.start + at, passage.end + at, passage.begins, passage.ends)


def _part(window: _Window, start: int, first: int, least: int, last: int, room: Room) -> Passage:
    whole = _whole_words(window, first, least, last, room)
    if whole != (first, last):
        # Words that do not fit may have been left out, so that whole sentences do now.
        first, last = whole
        start, end = window.whole_sentences(first, last, room)
        if end >= 0:
            return Passage(start, end, begins=True, ends=True)
    if max(room.low, last - int(FAR * room.chars)) <= start:
        return _cut(window, start, last, room, begins=True)
    return _without_beginning(window, first, last, max(room.low, start), room)


def _without_beginning(window: _Window, first: int, last: int, lowest: int, room: Room) -> Passage:
    """A passage that begins in the middle of a sentence: a little before the match, or more where it soon ends."""
    spare = room.chars - 2 - (last - first)
    start = _lead(window.text, max(lowest, min(first - int(LEAD * spare), room.high - room.chars + 2)), first)
    passage = _cut(window, start, last, room, begins=window.begins_sentence(start))
    if passage.ends and not passage.begins:
        start = _lead(window.text, max(lowest, passage.end - room.chars + 1), first)
        passage = passage._replace(start=start, begins=window.begins_sentence(start))
    return passage


def _lead(text: str, low: int, first: int) -> int:
    start = word_start(text, min(low, first), first)
    return first if start is None else start


def _whole_words(window: _Window, first: int, least: int, last: int, room: Room) -> tuple[int, int]:
    """The core with the rest of the words that it begins and ends in, as far as they fit."""
    text = window.text
    if text[first - 1 : first] in _PLAINLY_BEFORE and text[last : last + 1] in _PLAINLY_AFTER and first > room.low:
        return first, last
    most = room.chars - 2
    end = run_end(text, last, max(0, min(most - (last - first), room.high - last)))
    if end == last and first < (run := run_start(text, last, last - first - 1)) < last:
        # The last word does not fit with those before it, which are enough if the first match is among them.
        end = max(_before_run(window, first, run), least)
    begin = run_start(text, first, max(0, min(most - (end - first), first - room.low)))
    whole = max(room.low, grapheme_start(text, begin)), min(room.high, grapheme_end(text, end))
    # A single grapheme can be longer than a passage.
    return whole if whole[1] - whole[0] <= most else (begin, end)


def _before_run(window: _Window, first: int, run: int) -> int:
    """Where what comes before a run of letters ends: with the sentence before, if the run is not in that of `first`."""
    starts, ends, _ = window.sentences
    number = bisect_right(starts.data, run + window.at) - 1
    if number > 0 and starts[number] > first + window.at and ends[number - 1] > first + window.at:
        return int(ends[number - 1]) - window.at
    return first + len(window.text[first:run].rstrip())


def _cut(window: _Window, start: int, last: int, room: Room, *, begins: bool) -> Passage:
    """From `start` to the last sentence end that fits, else the last word end, beyond the last match."""
    most = min(room.high, start + room.chars - (0 if begins else 1))
    at = window.at
    whole = _sentence_end(*window.sentences[1:], start + at, last + at, most + at, room.chars)
    if whole >= 0:
        return Passage(start, whole - at, begins, ends=True)
    most = max(last, min(room.high, most - 1))
    end = word_end(window.text, last, most, enough=start + room.chars // 2)
    return Passage(start, max(last, grapheme_start(window.text, most)) if end is None else end, begins, ends=False)


@compiled
def _whole_sentences(
    starts: Uint32s, ends: Uint32s, kinds: Uint8s, first: int, last: int, low: int, high: int, chars: int
) -> tuple[int, int]:
    """The sentences from that of `first` to one that ends beyond `last`: where they begin and end.

    If they do not fit: where that of `first` begins, and -1.
    """
    number = np.searchsorted(starts, np.uint32(first), "right") - 1
    start = signed(starts[number]) if number >= 0 else 0
    if start < max(low, last - chars):
        return start, -1
    end = _end(ends, kinds, start, last, min(start + chars, high), chars)
    if end < 0:
        return start, -1
    # If that is short, it begins earlier, as far as it fits.
    length = end - start
    while length < ENOUGH * chars and number > 0:
        before = signed(starts[number - 1])
        if before < low or end - before > chars:
            break
        if kinds[number - 1] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            break
        number, start = number - 1, before
    return start, end


@compiled
def _sentence_end(ends: Uint32s, kinds: Uint8s, start: int, low: int, high: int, chars: int) -> int:
    """The end of the last sentence that ends in `low..high` of a passage that begins at `start`; -1 if none does."""
    return _end(ends, kinds, start, low, high, chars)


@inner
def _end(ends: np.ndarray, kinds: np.ndarray, start: int, low: int, high: int, chars: int) -> int:
    """The same; where it is enough none beyond its paragraph, and none beyond a heading."""
    number = np.searchsorted(ends, np.uint32(max(low, 0)))
    last = -1
    while number < len(ends) and ends[number] <= high:
        last = signed(ends[number])
        length = last - start
        if kinds[number] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            before_heading = number + 1 < len(kinds) and kinds[number + 1] & HEADING
            if length >= ENOUGH * chars or before_heading:
                return last
        number += 1
    return last
