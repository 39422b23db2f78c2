"""Many texts to sentences at once: the rules of `sentences.py` as compiled loops, some fifteen times as fast.

The loops go through texts that are laid end to end, and look at each character's classes, which are those of which the
expressions of `sentences.py` are made. Texts with the full stops of scripts that put no space behind them are left to
the expressions. A place is an index of the array of code points; behind each text is a zero, which is in no class, so
that no loop goes beyond its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from kb.compiled import Int64s, Uint16s, Uint32s, compiled, inner
from kb.text import sentences as rules
from kb.text.characters import CharacterClasses, lay
from kb.text.sentences import HEADING, LONGEST_HEADING, PARAGRAPH_ENDS, WORDS_WITH_A_STOP, Sentences, sentences
from kb.text.token_batches import in_groups

_CLASSES = (
    rules.SPACE,
    rules.EDGE,
    rules.LINE_END,
    rules.END,
    rules.WIDE_END,
    rules.CLOSING,
    rules.OPENING,
    rules.BEGINNING,
    rules.BULLET,
    rules.DASH,
    rules.DIGIT,
    rules.AFTER_NUMBER,
    rules.UNLIKE_HEADING,
    r"\w",
    r"\p{Lu}",
)
_SPACE, _EDGE, _LINE_END, _END, _WIDE_END, _CLOSING, _OPENING, _BEGINNING = (1 << bit for bit in range(8))
_BULLET, _DASH, _DIGIT, _AFTER_NUMBER, _UNLIKE_HEADING, _WORD, _CAPITAL = (1 << bit for bit in range(8, 15))


def sentences_of(texts: Sequence[str]) -> Sentences:
    """The sentences of each of the texts, as `sentences` finds them."""
    parts = [_laid(some) for some in in_groups(texts)]
    if len(parts) == 1:
        return parts[0]
    return Sentences(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _laid(texts: Sequence[str]) -> Sentences:
    points, begins = lay(texts)
    bits = _character_classes().bits(points)
    counts, starts, ends, kinds = _divided(points, begins, bits, *_words_with_a_stop(), LONGEST_HEADING)
    found = Sentences(np.maximum(counts, 0), starts, ends, kinds)
    left = np.flatnonzero(counts < 0)
    return _with_left(texts, found, left.tolist()) if len(left) else found


def _with_left(texts: Sequence[str], found: Sentences, left: Sequence[int]) -> Sentences:
    """The sentences of all texts, those of the ones that are left by the expressions."""
    divided = [sentences(texts[i]) for i in left]
    rows = np.array([row for listed in divided for row in listed], dtype=np.uint32).reshape(-1, 3)
    counts = found.counts.copy()
    counts[left] = [len(listed) for listed in divided]
    places = (np.cumsum(found.counts) - found.counts)[left].repeat(counts[left])
    columns = zip((found.starts, found.ends, found.kinds), rows.T, strict=True)
    return Sentences(counts, *(np.insert(column, places, own.astype(column.dtype)) for column, own in columns))


@cache
def _character_classes() -> CharacterClasses:
    return CharacterClasses(_CLASSES)


@cache
def _words_with_a_stop() -> tuple[np.ndarray, np.ndarray]:
    return lay(WORDS_WITH_A_STOP)


@compiled
def _divided(
    points: Uint32s,
    begins: Int64s,
    bits: Uint16s,
    words: Uint32s,
    word_begins: Int64s,
    longest_heading: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """How many sentences each text has, -1 if it is left, and starts, ends and kinds of all."""
    counts = np.empty(len(begins) - 1, dtype=np.int64)
    starts = np.empty(len(points), dtype=np.uint32)
    ends = np.empty(len(points), dtype=np.uint32)
    kinds = np.empty(len(points), dtype=np.uint8)
    rows = (starts, ends, kinds)
    found = 0
    for text in range(len(counts)):
        begin, end = begins[text], begins[text + 1] - 1
        after = _sentences(points, bits, begin, end, words, word_begins, longest_heading, rows, found)
        counts[text] = after - found if after >= 0 else -1
        found = max(found, after)
    return counts, starts[:found].copy(), ends[:found].copy(), kinds[:found].copy()


@inner
def _sentences(
    points: np.ndarray,
    bits: np.ndarray,
    begin: int,
    end: int,
    words: np.ndarray,
    word_begins: np.ndarray,
    longest_heading: int,
    rows: tuple[np.ndarray, np.ndarray, np.ndarray],
    row: int,
) -> int:
    """Writes start, end and kind of the sentences of a text from `row` on; the row after them, -1 if it is left."""
    starts, ends, kinds = rows
    begins_paragraph = True
    heading_end = start = begin
    after_marker = _marker_end(points, bits, begin)
    place = begin
    while place >= 0:
        stop, following = _next_gap(points, bits, begin, end, place, words, word_begins)
        if stop < 0:
            return -1
        if place == begin and after_marker < stop:
            start = after_marker
        if start < stop:
            if begins_paragraph:
                heading_end = _heading_end(points, bits, begin, end, start, longest_heading)
            begins_paragraph = points[stop] == 10 and points[stop + 1] == 10
            starts[row] = start - begin
            ends[row] = stop - begin
            kinds[row] = PARAGRAPH_ENDS * begins_paragraph + HEADING * (start < heading_end)
            row += 1
        start = place = following
    return row


@inner
def _next_gap(
    points: np.ndarray, bits: np.ndarray, begin: int, end: int, place: int, words: np.ndarray, word_begins: np.ndarray
) -> tuple[int, int]:
    """Where the next gap between sentences begins and ends; the end of the text, and -1; twice -1 if it is left."""
    first = place
    while place < end:
        kind = bits[points[place]]
        if kind & _LINE_END:
            gap = place
            while gap > first and (points[gap] == 32 or 9 <= points[gap] <= 10) and bits[points[gap - 1]] & _EDGE:
                gap -= 1
            after = _line_gap_end(points, bits, gap)
            if after >= 0:
                return gap, after
        elif kind & _END and not (
            points[place] == 46 and _is_abbreviated(points, bits, begin, place, words, word_begins)
        ):
            gap, after = _stop_gap(points, bits, place)
            if after >= 0:
                return gap, after
            place = gap - 1
        elif kind & _WIDE_END:
            return -1, -1
        place += 1
    while end > begin and bits[points[end - 1]] & _EDGE:
        end -= 1
    return end, -1


@inner
def _stop_gap(points: np.ndarray, bits: np.ndarray, place: int) -> tuple[int, int]:
    """The gap behind the marks that end a sentence; else where these marks end, and -1."""
    while bits[points[place]] & _END:
        place += 1
    gap = place
    while bits[points[gap]] & _CLOSING:
        gap += 1
    if gap - place > 4:
        return place, -1
    after = _line_gap_end(points, bits, gap)
    if after >= 0:
        return gap, after
    after = _spaces_end(points, bits, gap)
    if after > gap:
        if bits[points[after]] & _DASH:
            text = _spaces_end(points, bits, after + 1)
            if text > after + 1 and _begins(points, bits, text):
                return gap, text
        if _begins(points, bits, after):
            return gap, after
    return place, -1


@inner
def _line_gap_end(points: np.ndarray, bits: np.ndarray, place: int) -> int:
    """The end of white space with a new line in it, and of the marker of a list behind it; -1 if there is none."""
    lines = False
    while bits[points[place]] & _SPACE:
        lines |= points[place] == 10
        place += 1
    return _marker_end(points, bits, place) if lines else -1


@inner
def _marker_end(points: np.ndarray, bits: np.ndarray, place: int) -> int:
    """The end of a marker of a list and the spaces behind it; the place itself if there is none."""
    after = _bullet_end(points, bits, place)
    text = _spaces_end(points, bits, after)
    return text if place < after < text else place


@inner
def _bullet_end(points: np.ndarray, bits: np.ndarray, place: int) -> int:
    if bits[points[place]] & _BULLET:
        return place + 1
    if bits[points[place]] & _DIGIT:
        after = place + 2 if bits[points[place + 1]] & _DIGIT else place + 1
        if bits[points[after]] & _AFTER_NUMBER:
            return after + 1
    return place


@inner
def _spaces_end(points: np.ndarray, bits: np.ndarray, place: int) -> int:
    while bits[points[place]] & _SPACE and points[place] != 10:
        place += 1
    return place


@inner
def _begins(points: np.ndarray, bits: np.ndarray, place: int) -> bool:
    """Whether what is there can begin a sentence."""
    if bits[points[place]] & _OPENING:
        place += 1
    if bits[points[place]] & _SPACE:
        place += 1
    return bits[points[place]] & _BEGINNING != 0


@inner
def _is_abbreviated(
    points: np.ndarray, bits: np.ndarray, begin: int, stop: int, words: np.ndarray, word_begins: np.ndarray
) -> bool:
    """Whether a full stop follows a word that it does not end a sentence after."""
    if bits[points[stop - 1]] & _CAPITAL and not bits[points[stop - 2]] & _WORD:
        return True
    for word in range(len(word_begins) - 1):
        end = word_begins[word + 1] - 1
        length = 0
        while words[end - length - 1] == points[stop - length - 1] != 0:
            length += 1
        if length == end - word_begins[word] and not bits[points[stop - length - 1]] & _WORD:
            return True
    return False


@inner
def _heading_end(points: np.ndarray, bits: np.ndarray, begin: int, end: int, start: int, longest: int) -> int:
    """Where the heading ends that begins with a paragraph; `start` where that is none."""
    stop = start
    while stop < min(end, start + longest) and points[stop] != 10:
        stop += 1
    if points[stop] != 10 or points[stop + 1] != 10 or bits[points[stop - 1]] & _UNLIKE_HEADING:
        return start
    after = _bullet_end(points, bits, start)
    listed = after > start and bits[points[after]] & _SPACE
    return start if listed or (start > begin and points[start - 1] != 10) else stop
