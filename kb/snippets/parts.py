"""Parts of a very long text, each short enough to be read as a page.

Where a part ends depends on the text around its end alone, so that any part is found without reading those before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.engine.interface import ROW
from kb.segments.page_texts import LENGTH, TOKEN_BEGIN, TOKEN_END, PageTexts, StoredText
from kb.snippets.columns import PASSAGE_BEGIN, PASSAGE_END

PART_CHARS = 200_000
"""Code points of a part; the last has up to LOOKED_BACK more."""

LOOKED_BACK = PART_CHARS // 10
"""Code points before the greatest end of a part to look for a better one."""

_ENDS = ("\n\n", "\n", ". ", " ")
"""Where a part may end, the best first: a paragraph, a line, a sentence, a word."""

_NO_TOKENS = np.empty((0, 2), dtype=np.int64)


class TextPart(NamedTuple):
    """A part of a text by number, from 1 to `parts`, and its range of code points."""

    number: int
    parts: int
    begin: int
    end: int


def part_at(text: StoredText, number: int) -> TextPart:
    """The part of a number; for one past the ends the first or the last."""
    parts = max(1, -(-text.length // PART_CHARS))
    number = min(max(number, 1), parts)
    return TextPart(number, parts, _end(text, number - 1), _end(text, number))


def part_of(text: StoredText, offset: int) -> int:
    """Number of the part that has the character at an offset."""
    number = offset // PART_CHARS + 1
    shown = part_at(text, number)
    return shown.number + (offset >= shown.end and shown.number < shown.parts)


def passage_parts(texts: PageTexts, passages: np.ndarray) -> tuple[list[int], np.ndarray]:
    """The number of the part with each passage, 0 in a text of one part; and begin and end of the tokens of that part.

    The tokens are indexes in those of the texts: int64, shape (passages, 2); begin and end are equal for a passage that
    is in several parts. Where no text has parts, there are none: shape (0, 2).
    """
    parts = [0] * len(passages)
    if max(texts.rows[:, LENGTH].tolist(), default=0) <= PART_CHARS:
        return parts, _NO_TOKENS
    tokens = texts.rows[passages[:, ROW], TOKEN_BEGIN : TOKEN_END + 1]
    for i in np.flatnonzero(texts.rows[passages[:, ROW], LENGTH] > PART_CHARS).tolist():
        row, begin, end = passages[i, [ROW, PASSAGE_BEGIN, PASSAGE_END]].tolist()
        text = StoredText(texts, row)
        shown = part_at(text, part_of(text, begin))
        parts[i] = shown.number
        starts = texts.token_starts[tokens[i, 0] : tokens[i, 1]]
        # Of the type of the array: else NumPy would copy all of it.
        edges = np.array([shown.begin, shown.end if end <= shown.end else shown.begin], dtype=np.uint32)
        tokens[i] = tokens[i, 0] + starts.searchsorted(edges)
    return parts, tokens


def _end(text: StoredText, number: int) -> int:
    """End of a part; 0 for part 0."""
    end = number * PART_CHARS
    if number == 0 or end >= text.length:
        return min(end, text.length)
    before = text.part(end - LOOKED_BACK, end)
    found = ((before.rfind(sign), len(sign)) for sign in _ENDS)
    return next((end - LOOKED_BACK + index + length for index, length in found if index >= 0), end)
