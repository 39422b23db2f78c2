"""The opening of a text: the passage of an article without a match."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import regex

from kb.engine.interface import ROW
from kb.segments.page_texts import LENGTH, PageTexts, StoredText
from kb.snippets.columns import PASSAGE_BEGIN, PASSAGE_END
from kb.snippets.passages import fit_passages
from kb.text.sentences import HEADING

REACH = 4
"""Times the length of a passage: how far headings at the beginning of a text are passed over."""

PIECE = 1 << 16
"""Code points of a text to read at a time."""

_VISIBLE = regex.compile(r"[^\p{Z}\p{C}\p{M}]")


def openings(texts: PageTexts, rows: Sequence[int], chars: int) -> list[list[int]]:
    """The first passages of the texts of some rows, headings left out; none of a text with nothing visible.

    Rows of the table of passages of `columns.py`, in no order.
    """
    stored = {row: StoredText(texts, row) for row in rows}
    begins = {row: _first_sentence(text, REACH * chars) for row, text in stored.items()}
    first = _fit(texts, [(row, begin, begin + 1) for row, begin in begins.items() if begin is not None], chars)
    shown = [p for p in first if _VISIBLE.search(stored[p[ROW]].part(p[PASSAGE_BEGIN], p[PASSAGE_END]))]
    for passage in shown:
        del stored[passage[ROW]]
    # The first sentence is long with nothing visible at its begin, or has a word too long for a passage.
    visible = ((row, _first_visible(text)) for row, text in stored.items())
    return shown + _fit(texts, [(row, begin, begin + 1) for row, begin in visible if begin is not None], chars)


def _first_visible(text: StoredText) -> int | None:
    """Offset of the first visible character of a text, which is read piece by piece; None without any."""
    for begin in range(0, text.length, PIECE):
        match = _VISIBLE.search(text.part(begin, min(begin + PIECE, text.length)))
        if match:
            return begin + match.start()
    return None


def _fit(texts: PageTexts, spans: Sequence[tuple[int, int, int]], chars: int) -> list[list[int]]:
    """Passages around spans of texts without other passages; a span is given by row, begin and end."""
    if not spans:
        return []
    # In the order of the columns of spans; the room is the whole text.
    table = [(row, begin, end, end, 0, texts.rows[row, LENGTH]) for row, begin, end in spans]
    passages: list[list[int]] = fit_passages(texts, np.array(table, dtype=np.int64), chars).tolist()
    return passages


def _first_sentence(stored: StoredText, reach: int) -> int | None:
    """Begin of the first visible sentence outside of headings, else in a heading; None without any."""
    text = stored.part(0, min(reach, stored.length))
    count = bisect_right(stored.sentences.starts.data, reach)
    starts, ends, kinds = (column[:count].tolist() for column in stored.sentences)
    visible = [i for i, start in enumerate(starts) if _VISIBLE.search(text, start, ends[i])]
    return next((starts[i] for i in visible if not kinds[i] & HEADING), starts[visible[0]] if visible else None)
