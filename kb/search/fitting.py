"""A passage of a limited length around a match: whole sentences where they fit, else whole words, else graphemes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import regex

from kb.search.boundaries import (
    LONGEST_GRAPHEME,
    grapheme_end,
    grapheme_start,
    run_end,
    run_start,
    word_end,
    word_start,
)
from kb.search.sentence_fitting import sentence_end, sentences_around
from kb.sentences import HEADING
from kb.texts import SentenceRun, StoredText

CORE = 0.85
LEAD = 0.3
FAR = 0.75
"""Shares of a passage: the most that matches may take up; what stands before the first match where no sentence fits, of
the room to spare; how far from the beginning of its sentence a match may be for the passage to begin there."""

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
        start, end = sentences_around(*self.sentences, first + at, last + at, room.low + at, room.high + at, room.chars)
        return start - at, end - at if end >= 0 else -1

    def begins_sentence(self, place: int) -> bool:
        """Whether a sentence or the text begins at a place."""
        place += self.at
        number = bisect_left(self.sentences.starts.data, place)
        return place == 0 or (number < len(self.sentences.starts) and self.sentences.starts[number] == place)


def longest_core(chars: int) -> int:
    """How long the matched part of a passage of so many characters may be, leaving room to reach the ends of words."""
    return int(CORE * (chars - 2))


def fit_all(texts: Sequence[StoredText], cores: np.ndarray, chars: int) -> list[tuple[int, Passage]]:
    """For each core, as `passages.best_cores` gives them, the text's row and the passage of so many characters."""
    fitted = []
    for row, first, least, last, start, end, low, high in cores.tolist():
        if end >= 0:
            fitted.append((row, Passage(start, end, True, True)))
        else:
            fitted.append((row, _fit_part(texts[row], start, first, least, last, Room(low, high, chars))))
    return fitted


def fit(stored: StoredText, first: int, last: int, chars: int) -> Passage:
    """The passage of so many characters around `first:last`."""
    start, end = sentences_around(*stored.sentences, first, last, 0, stored.length, chars)
    if end >= 0:
        return Passage(start, end, begins=True, ends=True)
    return _fit_part(stored, start, first, last, last, Room(0, stored.length, chars))


def opening(stored: StoredText, chars: int) -> Passage | None:
    """The passage that a text begins with, headings left out; None if there is nothing to see in the text."""
    start = _first_sentence(stored, _OPENING * chars)
    if start is None:
        visible = _VISIBLE.search(stored.part(0, stored.length))
        if visible is None:
            return None
        start = visible.start()
    end = min(start + 1, stored.length)
    return fit(stored, start, end, chars)


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
    whole = sentence_end(*window.sentences[1:], start + at, last + at, most + at, room.chars)
    if whole >= 0:
        return Passage(start, whole - at, begins, ends=True)
    most = max(last, min(room.high, most - 1))
    end = word_end(window.text, last, most, enough=start + room.chars // 2)
    return Passage(start, max(last, grapheme_start(window.text, most)) if end is None else end, begins, ends=False)
