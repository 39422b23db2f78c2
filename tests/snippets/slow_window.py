"""A passage around a match, made step by step in plain Python: an oracle for the loop of `kb/snippets/window.py`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from kb.results import INSIDE_WORD, SENTENCE, WORD
from kb.segments.page_texts import StoredText
from kb.snippets.character_classes import LONGEST_GRAPHEME
from kb.snippets.passages import MARGIN
from kb.snippets.sentence_window import AMPLE, MEAGRE
from kb.snippets.window import FAR, LEAD
from kb.text.sentences import HEADING, PARAGRAPH_ENDS, SentenceSpans
from tests.snippets.slow_boundaries import (
    begin_of_grapheme,
    begin_of_word,
    end_of_grapheme,
    end_of_word,
    first_word_begin,
    is_inside_word,
    last_word_end,
)

PLAINLY_BEFORE = " \n("
PLAINLY_AFTER = " \n.,;:)"
"""Characters beside a word that are surely no part of it: most words have these."""

# An empty string, at the edge of a window, is part of every string but of no set.
_BEFORE, _AFTER = frozenset(PLAINLY_BEFORE), frozenset(PLAINLY_AFTER)


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

    Offsets are in the text of the window but for those of the sentences, which are in the whole text.
    """

    text: str
    at: int
    sentences: SentenceSpans

    def whole_sentences(self, first: int, last: int, room: Room) -> tuple[int, int]:
        """The sentences around `first:last`; where that of `first` begins and a negative number if they do not fit."""
        at = self.at
        start, end = sentences_around(self.sentences, first + at, last + at, room.low + at, room.high + at, room.chars)
        return start - at, end - at if end >= 0 else -1

    def beginning(self, offset: int) -> int:
        """What begins at a offset of the window."""
        if self._begins_sentence(offset):
            return SENTENCE
        return self.edge(offset)

    def edge(self, offset: int) -> int:
        """What begins or ends at a offset in a sentence."""
        return INSIDE_WORD if is_inside_word(self.text, offset) else WORD

    def _begins_sentence(self, offset: int) -> bool:
        offset += self.at
        starts = self.sentences.starts
        number = bisect_left(starts.data, offset)
        return offset == 0 or (number < len(starts) and starts[number] == offset)


def sentences_around(
    sentences: SentenceSpans, first: int, last: int, low: int, high: int, chars: int
) -> tuple[int, int]:
    """Begin of the sentence around `first`, or of one before, and end of the last sentence that fits; -1 if none."""
    starts, _, kinds = (column.tolist() for column in sentences)
    number = sum(start <= first for start in starts) - 1
    start = starts[number] if number >= 0 else 0
    if start < max(low, last - chars):
        return start, -1
    end = sentence_end(sentences, start, last, min(start + chars, high), chars)
    if end < 0:
        return start, -1
    length = end - start
    for i in range(number - 1, -1, -1):
        if length >= AMPLE * chars or starts[i] < low or end - starts[i] > chars:
            break
        if kinds[i] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            break
        start = starts[i]
    return start, end


def sentence_end(sentences: SentenceSpans, start: int, low: int, high: int, chars: int) -> int:
    """End of the last sentence that ends in `low..high`, not far beyond its paragraph nor beyond a heading; else -1."""
    _, ends, kinds = (column.tolist() for column in sentences)
    last = -1
    for end, kind, next_kind in zip(ends, kinds, [*kinds[1:], 0], strict=False):
        if low <= end <= high:
            last = end
            long, meagre = end - start >= AMPLE * chars, end - start < MEAGRE * chars
            if kind & PARAGRAPH_ENDS and not meagre and (long or next_kind & HEADING):
                break
    return last


def fit(stored: StoredText, first: int, least: int, last: int, room: Room) -> Passage:
    """The passage around `first:last`, of which the first match ends at `least`."""
    start, end = sentences_around(stored.sentences, first, last, *room)
    if end >= 0:
        return Passage(start, end, SENTENCE, SENTENCE)
    return fit_part(stored, start, first, least, last, room)


def fit_part(stored: StoredText, start: int, first: int, least: int, last: int, room: Room) -> Passage:
    """The passage around `first:last` where whole sentences do not fit; the one that `first` is in begins at `start`.

    `least` is where the first match ends.
    """
    margin = MARGIN + LONGEST_GRAPHEME
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
    start = first_word_begin(text, min(low, first), first)
    return first if start is None else start


def _whole_words(window: _Window, first: int, least: int, last: int, room: Room) -> tuple[int, int]:
    """The span with the rest of the words that it begins and ends in, as far as they fit."""
    text = window.text
    if text[first - 1 : first] in _BEFORE and text[last : last + 1] in _AFTER and first > room.low:
        return first, last
    most = room.chars - 2
    end = end_of_word(text, last, max(0, min(most - (last - first), room.high - last)))
    if end == last and first < (word := begin_of_word(text, last, last - first - 1)) < last:
        # The last word does not fit with those before it, which are enough if the first match is among them.
        end = max(_end_before(window, first, word), least)
    begin = begin_of_word(text, first, max(0, min(most - (end - first), first - room.low)))
    whole = max(room.low, begin_of_grapheme(text, begin)), min(room.high, end_of_grapheme(text, end))
    # A single grapheme can be longer than a passage.
    return whole if whole[1] - whole[0] <= most else (begin, end)


def _end_before(window: _Window, first: int, word: int) -> int:
    """Where what comes before a word ends: with the sentence before, if the word is not in that of `first`."""
    starts, ends, _ = window.sentences
    number = bisect_right(starts.data, word + window.at) - 1
    if number > 0 and starts[number] > first + window.at and ends[number - 1] > first + window.at:
        return int(ends[number - 1]) - window.at
    return first + len(window.text[first:word].rstrip())


def _cut(window: _Window, start: int, last: int, room: Room, begins: int) -> Passage:
    """From `start` to the last sentence end that fits, else the last word end, beyond the last match."""
    most = min(room.high, start + room.chars - (0 if begins == SENTENCE else 1))
    at = window.at
    whole = sentence_end(window.sentences, start + at, last + at, most + at, room.chars)
    if whole >= 0:
        return Passage(start, whole - at, begins, SENTENCE)
    most = max(last, min(room.high, most - 1))
    end = last_word_end(window.text, last, most, preferred=start + room.chars // 2)
    if end is None:
        end = max(last, begin_of_grapheme(window.text, most))
    return Passage(start, end, begins, window.edge(end))
