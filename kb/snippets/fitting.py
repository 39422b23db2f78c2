"""A passage of a limited length around a match: whole sentences where they fit, else whole words, else graphemes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import regex

from kb.segments.page_texts import StoredText
from kb.snippets.boundaries import (
    LONGEST_GRAPHEME,
    grapheme_end,
    grapheme_start,
    is_inside_run,
    run_end,
    run_start,
    word_end,
    word_start,
)
from kb.snippets.sentence_fitting import sentence_end, sentences_around
from kb.text.sentences import HEADING, SentenceSpans

CORE = 0.85
LEAD = 0.3
FAR = 0.75
"""Shares of a passage: the most that matches may take up; what stands before the first match where no sentence fits, of
the room to spare; how far from the beginning of its sentence a match may be for the passage to begin there."""

MARGIN = 64
"""Code points that are read on either side of what a passage may take up, to see whether a word goes on there."""

_OPENING = 4
"""Times the length of a passage: as far as headings at the beginning of a text are passed over."""

PLAINLY_BEFORE = " \n("
PLAINLY_AFTER = " \n.,;:)"
"""Characters beside a word that are surely no part of it: most words have these."""

# An empty string, at the edge of a window, is part of every string but of no set.
_BEFORE, _AFTER = frozenset(PLAINLY_BEFORE), frozenset(PLAINLY_AFTER)

_VISIBLE = regex.compile(r"[^\p{Z}\p{C}\p{M}]")


INSIDE, WORD, SENTENCE = range(3)
"""Where a passage begins or ends: inside a word, with a word, with a sentence."""


class Passage(NamedTuple):
    """`start:end` in the text; `begins` and `ends` say whether that is where sentences or words begin and end."""

    start: int
    end: int
    begins: int
    ends: int


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
    sentences: SentenceSpans

    def whole_sentences(self, first: int, last: int, room: Room) -> tuple[int, int]:
        """The sentences around `first:last`; where that of `first` begins and a negative number if they do not fit."""
        at = self.at
        start, end = sentences_around(*self.sentences, first + at, last + at, room.low + at, room.high + at, room.chars)
        return start - at, end - at if end >= 0 else -1

    def beginning(self, place: int) -> int:
        """What begins at a place of the window."""
        if self._begins_sentence(place):
            return SENTENCE
        return self.edge(place)

    def edge(self, place: int) -> int:
        """What begins or ends at a place in a sentence."""
        return INSIDE if is_inside_run(self.text, place) else WORD

    def _begins_sentence(self, place: int) -> bool:
        place += self.at
        starts = self.sentences.starts
        number = bisect_left(starts.data, place)
        return place == 0 or (number < len(starts) and starts[number] == place)


def longest_core(chars: int) -> int:
    """How long the matched part of a passage of so many characters may be, leaving room to reach the ends of words."""
    return int(CORE * (chars - 2))


def fit(stored: StoredText, first: int, last: int, chars: int) -> Passage:
    """The passage of so many characters around `first:last`."""
    start, end = sentences_around(*stored.sentences, first, last, 0, stored.length, chars)
    if end >= 0:
        return Passage(start, end, SENTENCE, SENTENCE)
    return fit_part(stored, start, first, last, last, Room(0, stored.length, chars))


def opening(stored: StoredText, chars: int) -> Passage | None:
    """The passage that a text begins with, headings left out; None if there is nothing to see in the text."""
    start = _first_sentence(stored, _OPENING * chars)
    if start is not None:
        passage = fit(stored, start, min(start + 1, stored.length), chars)
        if _VISIBLE.search(stored.part(passage.start, passage.end)):
            return passage
    # What comes first is long and empty, or a word behind it does not fit with it.
    visible = _VISIBLE.search(stored.part(0, stored.length))
    return fit(stored, *visible.span(), chars) if visible else None


def _first_sentence(stored: StoredText, reach: int) -> int | None:
    """Where the first sentence begins that is in no heading, or the first of all; None without one to see."""
    text = stored.part(0, min(reach, stored.length))
    number = bisect_right(stored.sentences.starts.data, reach)
    starts, ends, kinds = (column[:number].tolist() for column in stored.sentences)
    seen = [i for i, start in enumerate(starts) if _VISIBLE.search(text, start, ends[i])]
    return next((starts[i] for i in seen if not kinds[i] & HEADING), starts[seen[0]] if seen else None)


def fit_part(stored: StoredText, start: int, first: int, least: int, last: int, room: Room) -> Passage:
    """The passage around `first:last` where whole sentences do not fit; the one that `first` is in begins at `start`.

    `least` is where the first match ends.
    """
    margin = MARGIN if stored.simple else MARGIN + LONGEST_GRAPHEME
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
            return Passage(start, end, SENTENCE, SENTENCE)
    if max(room.low, last - int(FAR * room.chars)) <= start:
        return _cut(window, start, last, room, SENTENCE)
    return _without_beginning(window, first, last, max(room.low, start), room)


def _without_beginning(window: _Window, first: int, last: int, lowest: int, room: Room) -> Passage:
    """A passage that begins in the middle of a sentence: a little before the match, or more where it soon ends."""
    spare = room.chars - 2 - (last - first)
    start = _lead(window.text, max(lowest, min(first - int(LEAD * spare), room.high - room.chars + 2)), first)
    passage = _cut(window, start, last, room, window.beginning(start))
    if passage.ends == SENTENCE and passage.begins != SENTENCE:
        start = _lead(window.text, max(lowest, passage.end - room.chars + 1), first)
        passage = passage._replace(start=start, begins=window.beginning(start))
    return passage


def _lead(text: str, low: int, first: int) -> int:
    start = word_start(text, min(low, first), first)
    return first if start is None else start


def _whole_words(window: _Window, first: int, least: int, last: int, room: Room) -> tuple[int, int]:
    """The core with the rest of the words that it begins and ends in, as far as they fit."""
    text = window.text
    if text[first - 1 : first] in _BEFORE and text[last : last + 1] in _AFTER and first > room.low:
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


def _cut(window: _Window, start: int, last: int, room: Room, begins: int) -> Passage:
    """From `start` to the last sentence end that fits, else the last word end, beyond the last match."""
    most = min(room.high, start + room.chars - (0 if begins == SENTENCE else 1))
    at = window.at
    whole = sentence_end(window.sentences.ends, window.sentences.kinds, start + at, last + at, most + at, room.chars)
    if whole >= 0:
        return Passage(start, whole - at, begins, SENTENCE)
    most = max(last, min(room.high, most - 1))
    end = word_end(window.text, last, most, enough=start + room.chars // 2)
    if end is None:
        end = max(last, grapheme_start(window.text, most))
    return Passage(start, end, begins, window.edge(end))
