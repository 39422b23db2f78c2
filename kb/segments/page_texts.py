"""The text column of the articles of a page: texts, tokens and sentences, read from the disk on use."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, compiled, inner, signed
from kb.segments.segment import OpenSegment
from kb.text.characters import ENCODINGS
from kb.text.sentences import SentenceSpans

LENGTH, CONTENT, WIDTH, TOKEN_BEGIN, TOKEN_END, SENTENCE_BEGIN, SENTENCE_END = range(7)
"""Columns of `PageTexts.rows`.

* LENGTH: code points of the text
* CONTENT: index of the first byte of the text in `content`
* WIDTH: bytes a code point: 1, 2 or 4
* TOKEN_BEGIN, TOKEN_END: slice of `tokens` and `token_starts`
* SENTENCE_BEGIN, SENTENCE_END: slice of `sentences`
"""

COLUMNS = 7
"""Number of these columns."""

SEGMENT, DOCID = range(2)
"""Columns of the table of a page, a row for each article: index of the segment, and docid."""


class PageTexts(NamedTuple):
    """The texts of a page, as rows that point into arrays; the arrays may be those of a whole segment.

    rows          int64 (texts, COLUMNS)
    content       uint8 (bytes,)    texts in 1, 2 or 4 bytes a code point, little-endian
    tokens        int32 (tokens,)   term id of each token's word
    token_starts  uint32 (tokens,)  offset of each token in its text
    sentences     SentenceSpans     offsets in the texts
    """

    rows: np.ndarray
    content: np.ndarray
    tokens: np.ndarray
    token_starts: np.ndarray
    sentences: SentenceSpans

    @classmethod
    def joined(cls, parts: Sequence[PageTexts]) -> PageTexts:
        """The texts of all parts, at least one text, copied into arrays of their own."""
        texts = [(part, row) for part in parts for row in part.rows.tolist()]
        columns = zip(*[_arrays_of(part, row) for part, row in texts], strict=True)
        content, tokens, token_starts, starts, ends, kinds = [list(column) for column in columns]
        contents, firsts, first_sentences = ([0, *accumulate(map(len, column))] for column in (content, tokens, starts))
        lengths, widths = zip(*[(row[LENGTH], row[WIDTH]) for _, row in texts], strict=True)
        bounds = firsts[:-1], firsts[1:], first_sentences[:-1], first_sentences[1:]
        rows = np.array((lengths, contents[:-1], widths, *bounds), dtype=np.int64).T.copy()
        sentences = SentenceSpans(*map(np.concatenate, (starts, ends, kinds)))
        return cls(rows, np.concatenate(content), np.concatenate(tokens), np.concatenate(token_starts), sentences)


NO_TEXTS = PageTexts(
    np.empty((0, COLUMNS), dtype=np.int64),
    *(np.empty(0, np.uint8), np.empty(0, np.int32), np.empty(0, np.uint32)),
    SentenceSpans(np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint8)),
)
"""The texts of an empty page."""


def _arrays_of(part: PageTexts, row: Sequence[int]) -> tuple[np.ndarray, ...]:
    """Content, tokens, token starts, and sentence starts, ends and kinds of one text."""
    begin, width = row[CONTENT], row[WIDTH]
    tokens, sentences = slice(row[TOKEN_BEGIN], row[TOKEN_END]), slice(row[SENTENCE_BEGIN], row[SENTENCE_END])
    return (
        part.content[begin : begin + row[LENGTH] * width],
        *(part.tokens[tokens], part.token_starts[tokens]),
        *(column[sentences] for column in part.sentences),
    )


class StoredText:
    """One text of a page."""

    def __init__(self, texts: PageTexts, index: int) -> None:
        row = texts.rows[index].tolist()
        self.length = row[LENGTH]
        self._begin, self._width = row[CONTENT], row[WIDTH]
        self._content = texts.content
        self.sentences = SentenceSpans(*[column[row[SENTENCE_BEGIN] : row[SENTENCE_END]] for column in texts.sentences])

    def part(self, start: int, end: int) -> str:
        """The code points `start:end` of the text."""
        begin, width = self._begin, self._width
        return str(self._content[begin + width * start : begin + width * end].data, ENCODINGS[width], "surrogatepass")


@inner
def lay_stretch(points: np.ndarray, count: int, content: np.ndarray, row: np.ndarray, start: int, end: int) -> int:
    """Append the code points `start:end` of a text to the first `count` of `points` (uint32); returns the new count.

    `row` is the row of the text in `PageTexts.rows`.
    """
    width = row[WIDTH]
    for offset in range(start, end):
        byte = row[CONTENT] + offset * width
        point = signed(content[byte])
        for i in range(1, width):
            point |= signed(content[byte + i]) << 8 * i
        points[count] = point
        count += 1
    return count


def texts_of(segments: Sequence[OpenSegment], page: np.ndarray) -> PageTexts:
    """The texts of the articles of a page; `page` has the columns SEGMENT and DOCID: int64, shape (n, 2)."""
    if not len(page):
        return NO_TEXTS
    indexes = page[:, SEGMENT].tolist()
    if len(set(indexes)) == 1:
        return _of_segment(segments[indexes[0]], page)
    return PageTexts.joined([_of_segment(segments[i], page[row : row + 1]) for row, i in enumerate(indexes)])


class TextGroup(NamedTuple):
    """The texts of some articles of a page, given by their indexes in the page: int64, shape (n,)."""

    rows: np.ndarray
    texts: PageTexts


def text_groups(segments: Sequence[OpenSegment], page: np.ndarray) -> tuple[TextGroup, ...]:
    """The texts of the articles of a page, a group for each segment; nothing is copied."""
    groups = []
    for segment in np.unique(page[:, SEGMENT]).tolist():
        (rows,) = (page[:, SEGMENT] == segment).nonzero()
        groups.append(TextGroup(rows, _of_segment(segments[segment], page[rows])))
    return tuple(groups)


def copied_bytes(segments: Sequence[OpenSegment], page: np.ndarray) -> int:
    """Bytes of the texts that `texts_of` would copy: of none where all articles are of one segment."""
    if len(set(page[:, SEGMENT].tolist())) < 2:
        return 0
    bounds = [segments[segment].text_columns.text_bounds[docid : docid + 2] for segment, docid in page.tolist()]
    return sum([int(end) - int(begin) for begin, end in bounds])


def _of_segment(segment: OpenSegment, page: np.ndarray) -> PageTexts:
    rows = _rows(page, *segment.text_columns)
    arrays = segment.arrays
    return PageTexts(rows, arrays["texts"], segment.tokens, arrays["starts"], segment.sentences)


@compiled
def _rows(
    page: Int64Table, text_bounds: Int64s, widths: Uint8s, bounds: Int64s, title_tokens: Int32s, sentence_bounds: Int64s
) -> np.ndarray:
    """The rows of the articles of a page, all of one segment: int64, shape (n, COLUMNS)."""
    rows = np.empty((len(page), COLUMNS), dtype=np.int64)
    for i in range(len(page)):
        docid, row = page[i, DOCID], rows[i]
        row[WIDTH], row[CONTENT] = widths[docid], text_bounds[docid]
        row[LENGTH] = (text_bounds[docid + 1] - text_bounds[docid]) // row[WIDTH]
        row[TOKEN_BEGIN], row[TOKEN_END] = bounds[docid] + title_tokens[docid], bounds[docid + 1]
        row[SENTENCE_BEGIN], row[SENTENCE_END] = sentence_bounds[docid], sentence_bounds[docid + 1]
    return rows
