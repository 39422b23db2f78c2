"""The texts of the articles of a page, as an engine lets them be read: of each only what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, compiled, inner, signed
from kb.segments.segment import OpenSegment
from kb.text.characters import ENCODINGS
from kb.text.sentences import SentenceSpans

_LENGTH, _CONTENT, _WIDTH, _TOKEN, _LAST_TOKEN, _SENTENCE, _LAST_SENTENCE = range(7)


class PageTexts(NamedTuple):
    """Several texts with their tokens and sentences, as runs of arrays that may hold others too."""

    runs: np.ndarray
    """Of each text its length in code points, where its content begins, how many bytes a code point has there, the
    first of its tokens and the end of them, and likewise its sentences: int64, shape (texts, 7)."""
    content: np.ndarray
    """The texts in one, two or four bytes a code point: uint8."""
    tokens: np.ndarray
    """The number of each token's word: int32, shape (tokens,)."""
    token_starts: np.ndarray
    """Where each token begins in its text: uint32, shape (tokens,)."""
    sentences: SentenceSpans
    """Those of all texts."""

    @classmethod
    def joined(cls, parts: Sequence[PageTexts]) -> PageTexts:
        """The texts of several, copied from their arrays; there is at least one text."""
        rows = [(part, run) for part in parts for run in part.runs.tolist()]
        columns = zip(*[_alone(part, run) for part, run in rows], strict=True)
        content, tokens, token_starts, starts, ends, kinds = [list(column) for column in columns]
        begins, firsts, first_sentences = ([0, *accumulate(map(len, of))] for of in (content, tokens, starts))
        lengths, widths = zip(*[(run[_LENGTH], run[_WIDTH]) for _, run in rows], strict=True)
        bounds = firsts[:-1], firsts[1:], first_sentences[:-1], first_sentences[1:]
        runs = np.array((lengths, begins[:-1], widths, *bounds), dtype=np.int64).T.copy()
        sentences = SentenceSpans(*map(np.concatenate, (starts, ends, kinds)))
        return cls(runs, np.concatenate(content), np.concatenate(tokens), np.concatenate(token_starts), sentences)


NO_TEXTS = PageTexts(
    np.empty((0, 7), dtype=np.int64),
    *(np.empty(0, np.uint8), np.empty(0, np.int32), np.empty(0, np.uint32)),
    SentenceSpans(np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint8)),
)


def _alone(part: PageTexts, run: Sequence[int]) -> tuple[np.ndarray, ...]:
    """The arrays of one text."""
    length, begin, width, token, last_token, sentence, last_sentence = run
    tokens, sentences = slice(token, last_token), slice(sentence, last_sentence)
    return (
        part.content[begin : begin + length * width],
        *(part.tokens[tokens], part.token_starts[tokens]),
        *(column[sentences] for column in part.sentences),
    )


class StoredText:
    """One of the texts of a page."""

    def __init__(self, texts: PageTexts, row: int) -> None:
        self.length, self._begin, self._width, _, _, first, last = texts.runs[row].tolist()
        self._content = texts.content
        self.sentences = SentenceSpans(*[column[first:last] for column in texts.sentences])

    @property
    def simple(self) -> bool:
        """Whether every code point is a character by itself, but for a line end: Latin-1 has no accents apart."""
        return self._width == 1

    def part(self, start: int, end: int) -> str:
        """`start:end` of the text."""
        begin, width = self._begin, self._width
        return str(self._content[begin + width * start : begin + width * end].data, ENCODINGS[width], "surrogatepass")


@inner
def lay_stretch(points: np.ndarray, count: int, content: np.ndarray, run: np.ndarray, start: int, end: int) -> int:
    """Writes the code points `start:end` of a text behind the first `count` of some, and gives how many there are then.

    `run` is the row of the text in `PageTexts.runs`.
    """
    width = run[_WIDTH]
    for place in range(start, end):
        byte = run[_CONTENT] + place * width
        point = signed(content[byte])
        for other in range(1, width):
            point |= signed(content[byte + other]) << 8 * other
        points[count] = point
        count += 1
    return count


def texts_of(segments: Sequence[OpenSegment], page: np.ndarray) -> PageTexts:
    """The texts of a page of articles, which are given by segment and number: int64, shape (n, 2)."""
    if not len(page):
        return NO_TEXTS
    numbers = page[:, 0].tolist()
    if len(set(numbers)) == 1:
        return _of_segment(segments[numbers[0]], page)
    return PageTexts.joined([_of_segment(segments[n], page[row : row + 1]) for row, n in enumerate(numbers)])


def _of_segment(segment: OpenSegment, page: np.ndarray) -> PageTexts:
    runs = _runs(page, *segment.text_columns)
    return PageTexts(runs, segment.texts, segment.tokens, segment.starts, segment.sentences)


@compiled
def _runs(
    page: Int64Table, begins: Int64s, widths: Uint8s, bounds: Int64s, title_tokens: Int32s, sentence_bounds: Int64s
) -> np.ndarray:
    runs = np.empty((len(page), 7), dtype=np.int64)
    for i in range(len(page)):
        number = page[i, 1]
        width = widths[number]
        runs[i, 0], runs[i, 1], runs[i, 2] = (begins[number + 1] - begins[number]) // width, begins[number], width
        runs[i, 3], runs[i, 4] = bounds[number] + title_tokens[number], bounds[number + 1]
        runs[i, 5], runs[i, 6] = sentence_bounds[number], sentence_bounds[number + 1]
    return runs
