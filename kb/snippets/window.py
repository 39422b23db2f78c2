"""The window around a matched span, cut to a passage: whole sentences where possible, else words, else graphemes.

Offsets are in the window, but offsets of sentences in the text.
"""

from __future__ import annotations

from typing import NamedTuple

from kb.compiled import inner, signed
from kb.results import INSIDE_WORD, SENTENCE, WORD
from kb.snippets.boundaries import (
    NONE,
    begin_of_grapheme,
    begin_of_word,
    end_of_grapheme,
    end_of_word,
    first_word_begin,
    is_inside_word,
    last_word_end,
    without_white,
)
from kb.snippets.character_classes import Characters
from kb.snippets.lower_bound import lower_bound
from kb.snippets.sentence_window import Room, last_sentence_end, sentences_around
from kb.text.characters import ConcatenatedTexts
from kb.text.sentences import SentenceSpans

LONGEST_SPAN = 0.85
"""Most of a passage for matches, as a share; the rest is room to reach the ends of words."""

LEAD = 0.3
"""Share of the spare room before the first match, where no sentence fits."""

FAR = 0.75
"""Share of a passage: a match further into a sentence is shown without the begin of the sentence."""

_BEFORE, _AFTER = tuple(map(ord, " \n(")), tuple(map(ord, " \n.,;:)"))
"""Characters before and behind most words, surely no part of a word."""


class Window(NamedTuple):
    """A part of a text, to cut a passage from."""

    characters: Characters
    offset: int
    """Begin of the part in the text."""
    sentences: SentenceSpans
    """All sentences of the text, with offsets in the text."""
    abbreviated: ConcatenatedTexts


class Span(NamedTuple):
    """The matched part of a window."""

    begin: int
    first_match_end: int
    end: int


class Passage(NamedTuple):
    """A stretch of a window, and its edges: `INSIDE_WORD`, `WORD` or `SENTENCE`."""

    begin: int
    end: int
    begins_with: int
    ends_with: int


def longest_span(chars: int) -> int:
    """Length of the longest span for a passage of `chars` code points."""
    return int(LONGEST_SPAN * (chars - 2))


@inner
def moved(room: Room, by: int) -> Room:
    """A room in offsets with another origin."""
    return Room(room.low + by, room.high + by, room.chars)


@inner
def fit(window: Window, sentence_begin: int, span: Span, room: Room) -> Passage:
    """The passage around a span where the sentences from `sentence_begin` on do not fit."""
    whole = _whole_words(window, span, room)
    if whole.begin != span.begin or whole.end != span.end:
        # Words too long to fit may have been left out: whole sentences may fit now.
        offset = window.offset
        begin, end = sentences_around(window.sentences, whole.begin + offset, whole.end + offset, moved(room, offset))
        if end >= 0:
            return Passage(begin - offset, end - offset, SENTENCE, SENTENCE)
        sentence_begin = begin - offset
    if max(room.low, whole.end - int(FAR * room.chars)) <= sentence_begin:
        return _ended(window, sentence_begin, whole.end, room, signed(SENTENCE))
    return _begun_late(window, whole, max(room.low, sentence_begin), room)


@inner
def _begun_late(window: Window, span: Span, lowest: int, room: Room) -> Passage:
    """A passage from inside a sentence on: from a little before the span, or more where the sentence soon ends."""
    _, high, chars = room
    spare = chars - 2 - (span.end - span.begin)
    begin = _lead(window, max(lowest, min(span.begin - int(LEAD * spare), high - chars + 2)), span.begin)
    passage = _ended(window, begin, span.end, room, _begins_with(window, begin))
    if passage.ends_with == SENTENCE and passage.begins_with != SENTENCE:
        begin = _lead(window, max(lowest, passage.end - chars + 1), span.begin)
        return Passage(begin, passage.end, _begins_with(window, begin), SENTENCE)
    return passage


@inner
def _lead(window: Window, low: int, span_begin: int) -> int:
    begin = first_word_begin(window.characters, min(low, span_begin), span_begin)
    return span_begin if begin == NONE else begin


@inner
def _whole_words(window: Window, span: Span, room: Room) -> Span:
    """The span with the rest of the words at both edges, as far as these fit."""
    characters, points = window.characters, window.characters.points
    begin, first_match_end, end = span
    is_begun = begin > max(0, room.low) and points[begin - 1] in _BEFORE
    if is_begun and end < len(points) and points[end] in _AFTER:
        return span
    most = room.chars - 2
    word_end = end_of_word(characters, end, max(0, min(most - (end - begin), room.high - end)))
    if word_end == end and begin < end:
        # The last word does not fit; the words before suffice if the first match is among them.
        word_begin = begin_of_word(characters, end, end - begin - 1)
        if begin < word_begin < end:
            word_end = max(_end_before(window, begin, word_begin), first_match_end)
    end = word_end
    begin = begin_of_word(characters, begin, max(0, min(most - (end - begin), begin - room.low)))
    whole_begin = max(room.low, begin_of_grapheme(characters, begin))
    whole_end = min(room.high, end_of_grapheme(characters, end))
    # A single grapheme can be longer than a passage.
    if whole_end - whole_begin > most:
        return Span(begin, first_match_end, end)
    return Span(whole_begin, first_match_end, whole_end)


@inner
def _end_before(window: Window, span_begin: int, word_begin: int) -> int:
    """End of the text before a word: of the sentence before, if the span begins in an earlier sentence."""
    offset, (starts, ends, _) = window.offset, window.sentences
    sentence = lower_bound(starts, word_begin + offset + 1) - 1
    if sentence > 0 and starts[sentence] > span_begin + offset and ends[sentence - 1] > span_begin + offset:
        return int(ends[sentence - 1]) - offset
    return without_white(window.characters, span_begin, word_begin)


@inner
def _ended(window: Window, begin: int, span_end: int, room: Room, begins_with: int) -> Passage:
    """The passage from `begin` to the last end of a sentence that fits, else of a word; not before `span_end`."""
    _, high, chars = room
    offset = window.offset
    most = min(high, begin + chars - (0 if begins_with == SENTENCE else 1))
    end = last_sentence_end(window.sentences, begin + offset, span_end + offset, most + offset, chars)
    if end >= 0:
        return Passage(begin, end - offset, begins_with, SENTENCE)
    most = max(span_end, min(high, most - 1))
    end = last_word_end(window.characters, span_end, most, begin + chars // 2, window.abbreviated)
    if end == NONE:
        end = max(span_end, begin_of_grapheme(window.characters, most))
    return Passage(begin, end, begins_with, _edge(window, end))


@inner
def _begins_with(window: Window, offset: int) -> int:
    starts, in_text = window.sentences.starts, offset + window.offset
    sentence = lower_bound(starts, in_text)
    if in_text == 0 or (sentence < len(starts) and starts[sentence] == in_text):
        return SENTENCE
    return _edge(window, offset)


@inner
def _edge(window: Window, offset: int) -> int:
    """How a passage begins or ends at an offset inside a sentence."""
    return INSIDE_WORD if is_inside_word(window.characters, offset) else WORD
