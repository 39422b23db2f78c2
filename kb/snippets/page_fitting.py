"""The passages of a page, where whole sentences do not fit: one compiled loop for plain text, else `fitting.py`.

The loop does the same as `fitting.py`, step by step, for text in which every character is one grapheme by itself. What
it cannot tell it leaves to that. Places are in a window of the text, but for those of sentences.
"""

from __future__ import annotations

import numpy as np

from kb.compiled import Int64Table, Uint8s, Uint32s, compiled, inner
from kb.segments.page_texts import PageTexts, StoredText, lay_stretch
from kb.snippets.fitting import FAR, INSIDE, LEAD, MARGIN, PLAINLY_AFTER, PLAINLY_BEFORE, SENTENCE, WORD, Room, fit_part
from kb.snippets.plain_boundaries import (
    NONE,
    UNKNOWN,
    character_classes,
    is_inside_run,
    lay_classes,
    run_end,
    run_start,
    without_space,
    word_end,
    word_start,
)
from kb.snippets.sentence_fitting import around, end_within

_BEFORE, _AFTER = tuple(map(ord, PLAINLY_BEFORE)), tuple(map(ord, PLAINLY_AFTER))


def fit_all(texts: PageTexts, cores: np.ndarray, chars: int) -> np.ndarray:
    """For each core, as `passages.best_cores` gives them, the passage of so many characters: int64, shape (n, 5).

    The text's row, and what is in `fitting.Passage`.
    """
    fitted, left = _fitted(cores, chars, character_classes(), texts.runs, texts.content, *texts.sentences)
    for i in left.tolist():
        row, start, _, first, least, last, low, high = cores[i].tolist()
        fitted[i, 1:] = fit_part(StoredText(texts, row), start, first, least, last, Room(low, high, chars))
    return fitted


@compiled
def _fitted(
    cores: Int64Table,
    chars: int,
    table: Uint8s,
    runs: Int64Table,
    content: Uint8s,
    starts: Uint32s,
    ends: Uint32s,
    kinds: Uint8s,
) -> tuple[np.ndarray, np.ndarray]:
    """The passages, and which of them are left to `fit_part`: int64, shape (n, 5); int64, shape (left,)."""
    fitted = np.empty((len(cores), 5), dtype=np.int64)
    left = np.empty(len(cores), dtype=np.int64)
    count = 0
    for i in range(len(cores)):
        row, start, end, first, least, last, low, high = cores[i]
        fitted[i, 0], fitted[i, 1], fitted[i, 2], fitted[i, 3], fitted[i, 4] = row, start, end, SENTENCE, SENTENCE
        if end >= 0:
            continue
        length, _, _, _, _, sentence, last_sentence = runs[row]
        at = max(0, first - chars - MARGIN)
        points = np.empty(min(length, last + chars + MARGIN) - at, dtype=np.uint32)
        lay_stretch(points, 0, content, runs[row], at, at + len(points))
        classes = np.empty(len(points), dtype=np.uint8)
        end = UNKNOWN
        if lay_classes(classes, points, table):
            own = slice(sentence, last_sentence)
            window = points, classes, at, starts[own], ends[own], kinds[own]
            room = low - at, high - at, chars
            start, end, begins, ends_with = _part(window, start - at, first - at, least - at, last - at, room)
            fitted[i, 1], fitted[i, 2], fitted[i, 3], fitted[i, 4] = start + at, end + at, begins, ends_with
        left[count] = i
        count += end == UNKNOWN
    return fitted, left[:count]


_Window = tuple[np.ndarray, np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]
"""Code points and their classes, which begin so far in the text; starts, ends and kinds of the text's sentences."""

_Room = tuple[int, int, int]
"""The part of a text that a passage may take up, and how many characters with its ellipses."""

_Fitted = tuple[int, int, int, int]
"""As `fitting.Passage`."""


@inner
def _part(window: _Window, start: int, first: int, least: int, last: int, room: _Room) -> _Fitted:
    _, _, at, starts, ends, kinds = window
    low, high, chars = room
    core = _whole_words(window, first, least, last, room)
    if core != (first, last):
        first, last = core
        begin, end = around(starts, ends, kinds, first + at, last + at, low + at, high + at, chars)
        if end >= 0:
            return begin - at, end - at, SENTENCE, SENTENCE
        start = begin - at
    if max(low, last - int(FAR * chars)) <= start:
        return _cut(window, start, last, room, SENTENCE)
    return _without_beginning(window, first, last, max(low, start), room)


@inner
def _without_beginning(window: _Window, first: int, last: int, lowest: int, room: _Room) -> _Fitted:
    _, high, chars = room
    spare = chars - 2 - (last - first)
    start = _lead(window, max(lowest, min(first - int(LEAD * spare), high - chars + 2)), first)
    begins = _beginning(window, start)
    _, end, _, ends_with = _cut(window, start, last, room, begins)
    if ends_with == SENTENCE and begins != SENTENCE:
        start = _lead(window, max(lowest, end - chars + 1), first)
        begins = _beginning(window, start)
    return start, end, begins, ends_with


@inner
def _lead(window: _Window, low: int, first: int) -> int:
    start = word_start(window[0], window[1], min(low, first), first)
    return first if start == NONE else start


@inner
def _whole_words(window: _Window, first: int, least: int, last: int, room: _Room) -> tuple[int, int]:
    points, classes = window[0], window[1]
    low, high, chars = room
    is_whole = first > 0 and points[first - 1] in _BEFORE
    if is_whole and last < len(points) and points[last] in _AFTER and first > low:
        return first, last
    most = chars - 2
    end = run_end(classes, last, max(0, min(most - (last - first), high - last)))
    if end == last and first < last:
        run = run_start(classes, last, last - first - 1)
        if first < run < last:
            end = max(_before_run(window, first, run), least)
    begin = run_start(classes, first, max(0, min(most - (end - first), first - low)))
    begins, ends = max(low, begin), min(high, end)
    return (begins, ends) if ends - begins <= most else (begin, end)


@inner
def _before_run(window: _Window, first: int, run: int) -> int:
    _, classes, at, starts, ends, _ = window
    number = np.searchsorted(starts, np.uint32(run + at), "right") - 1
    if number > 0 and starts[number] > first + at and ends[number - 1] > first + at:
        return int(ends[number - 1]) - at
    return without_space(classes, first, run)


@inner
def _cut(window: _Window, start: int, last: int, room: _Room, begins: int) -> _Fitted:
    points, classes, at, _, ends, kinds = window
    _, high, chars = room
    most = min(high, start + chars - (0 if begins == SENTENCE else 1))
    whole = end_within(ends, kinds, start + at, last + at, most + at, chars)
    if whole >= 0:
        return start, whole - at, begins, SENTENCE
    most = max(last, min(high, most - 1))
    end = word_end(points, classes, last, most, start + chars // 2)
    if end == UNKNOWN:
        return start, UNKNOWN, begins, INSIDE
    if end == NONE:
        end = max(last, min(most, len(points)))
    return start, end, begins, _edge(window, end)


@inner
def _beginning(window: _Window, place: int) -> int:
    starts, place_in_text = window[3], place + window[2]
    number = np.searchsorted(starts, np.uint32(place_in_text))
    if place_in_text == 0 or (number < len(starts) and starts[number] == place_in_text):
        return SENTENCE
    return _edge(window, place)


@inner
def _edge(window: _Window, place: int) -> int:
    return INSIDE if is_inside_run(window[1], place) else WORD
