"""The passages of a page, each made from a window around a span, in one compiled loop.

The loop leaves out a window with a code point that may not be a grapheme by itself. Python then finds the edges of
graphemes, and calls the loop once more.
"""

from __future__ import annotations

import numpy as np

from kb.compiled import Int64s, Int64Table, Uint8s, Uint16s, Uint32s, compiled, inner, signed
from kb.engine.interface import ROW
from kb.results import SENTENCE
from kb.segments.page_texts import LENGTH, SENTENCE_BEGIN, SENTENCE_END, PageTexts, StoredText, lay_stretch
from kb.snippets.boundaries import abbreviations
from kb.snippets.character_classes import (
    LONGEST_GRAPHEME,
    Characters,
    grapheme_window,
    plain_classes,
    write_plain_classes,
)
from kb.snippets.columns import (
    BEGINS_WITH,
    ENDS_WITH,
    FIRST_MATCH_END,
    HIGH,
    LOW,
    PASSAGE_BEGIN,
    PASSAGE_COLUMNS,
    PASSAGE_END,
    SPAN_BEGIN,
    SPAN_END,
)
from kb.snippets.sentence_window import Room, sentences_around
from kb.snippets.window import Passage, Span, Window, fit, moved
from kb.text.characters import ConcatenatedTexts
from kb.text.sentences import SentenceSpans

MARGIN = 64
"""Code points read on either side of the longest passage, to see the rest of a word."""

_NO_BEGINS = np.empty(0, dtype=np.int64)
_NO_CLASSES = np.empty(0, dtype=np.uint16)


def fit_passages(texts: PageTexts, spans: np.ndarray, chars: int) -> np.ndarray:
    """Passages around spans, a row each (`columns.py` has both tables), of at most `chars` code points."""
    passages, left = _fit_windows(texts, spans, chars, _NO_BEGINS, _NO_BEGINS, _NO_CLASSES)
    if len(left):
        passages[left] = _fit_odd(texts, spans[left], chars)
    return passages


def _fit_odd(texts: PageTexts, spans: np.ndarray, chars: int) -> np.ndarray:
    """Passages in text with graphemes of several code points."""
    begins, classes = [], []
    for row, begin, _, end, *_ in spans.tolist():
        stored = StoredText(texts, row)
        low, high = max(0, begin - chars - MARGIN), min(stored.length, end + chars + MARGIN)
        offset = max(0, low - LONGEST_GRAPHEME)
        text = stored.part(offset, min(stored.length, high + LONGEST_GRAPHEME))
        first, classes_of_window = grapheme_window(text, low - offset, high - offset)
        begins.append(offset + first)
        classes.append(classes_of_window)
    bounds = np.cumsum([0, *map(len, classes)], dtype=np.int64)
    passages, _ = _fit_windows(texts, spans, chars, np.array(begins, dtype=np.int64), bounds, np.concatenate(classes))
    return passages


def _fit_windows(
    texts: PageTexts, spans: np.ndarray, chars: int, begins: np.ndarray, bounds: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The result of `_fit_passages`, where the windows of the spans have these begins, bounds and classes."""
    windows = begins, bounds, classes
    content = texts.rows, texts.content, *texts.sentences
    return _fit_passages(spans, chars, plain_classes(), *abbreviations(), *windows, *content)


@compiled
def _fit_passages(
    spans: Int64Table,
    chars: int,
    plain: Uint16s,
    abbreviation_points: Uint32s,
    abbreviation_begins: Int64s,
    window_begins: Int64s,
    window_bounds: Int64s,
    window_classes: Uint16s,
    texts: Int64Table,
    content: Uint8s,
    sentence_starts: Uint32s,
    sentence_ends: Uint32s,
    sentence_kinds: Uint8s,
) -> tuple[np.ndarray, np.ndarray]:
    """The passages, and the indexes of spans left out: int64, shape (left,).

    Where graphemes are known, window `i` begins at `window_begins[i]`, and has the slice of `window_classes` with the
    bounds `window_bounds[i:i + 2]`. Without window begins no graphemes are known.
    """
    passages = np.empty((len(spans), PASSAGE_COLUMNS), dtype=np.int64)
    left = np.empty(len(spans), dtype=np.int64)
    count = 0
    abbreviated = ConcatenatedTexts(abbreviation_points, abbreviation_begins)
    for i in range(len(spans)):
        text = texts[spans[i, ROW]]
        own = slice(text[SENTENCE_BEGIN], text[SENTENCE_END])
        sentences = SentenceSpans(sentence_starts[own], sentence_ends[own], sentence_kinds[own])
        span = Span(spans[i, SPAN_BEGIN], spans[i, FIRST_MATCH_END], spans[i, SPAN_END])
        room = Room(spans[i, LOW], spans[i, HIGH], chars)
        begin, end = sentences_around(sentences, span.begin, span.end, room)
        passage, offset = Passage(begin, end, SENTENCE, SENTENCE), 0
        if end < 0:
            offset = max(0, span.begin - chars - MARGIN)
            length = min(text[LENGTH], span.end + chars + MARGIN) - offset
            classes = window_classes
            if len(window_begins):
                offset, classes = window_begins[i], window_classes[window_bounds[i] : window_bounds[i + 1]]
                length = len(classes)
            characters, is_known = _read(text, content, offset, length, plain, classes)
            if not is_known:
                left[count], count = i, count + 1
                continue
            window = Window(characters, offset, sentences, abbreviated)
            span = Span(span.begin - offset, span.first_match_end - offset, span.end - offset)
            passage = fit(window, begin - offset, span, moved(room, -offset))
        _write_row(passages[i], spans[i, ROW], passage, offset)
    return passages, left[:count]


@inner
def _read(
    text: np.ndarray, content: np.ndarray, offset: int, length: int, plain: np.ndarray, classes: np.ndarray
) -> tuple[Characters, bool]:
    """The characters of a window, and whether the classes are known: `classes`, if any, else of plain text."""
    characters = Characters(np.empty(length, dtype=np.uint32), np.empty(length, dtype=np.uint16))
    lay_stretch(characters.points, signed(0), content, text, offset, offset + length)
    if not len(classes):
        return characters, write_plain_classes(characters, plain)
    # Not one assignment to the slice: the check of the shapes takes longer to compile than all else here.
    for i in range(length):
        characters.classes[i] = classes[i]
    return characters, True


@inner
def _write_row(row: np.ndarray, article: int, passage: Passage, offset: int) -> None:
    row[ROW], row[PASSAGE_BEGIN], row[PASSAGE_END] = article, passage.begin + offset, passage.end + offset
    row[BEGINS_WITH], row[ENDS_WITH] = passage.begins_with, passage.ends_with
