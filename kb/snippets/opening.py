"""The passage that a text begins with, for an article in which nothing matches."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import regex

from kb.segments.page_texts import PageTexts, StoredText
from kb.snippets.columns import PASSAGE_BEGIN, PASSAGE_END
from kb.snippets.passages import fit_passages
from kb.text.sentences import HEADING

REACH = 4
"""Times the length of a passage: so far headings at the beginning of a text are passed over."""

_VISIBLE = regex.compile(r"[^\p{Z}\p{C}\p{M}]")


def opening(texts: PageTexts, row: int, chars: int) -> np.ndarray | None:
    """The passage that the text of a row begins with, headings left out; None if nothing in the text is visible.

    A row of the table of passages, see `columns.py`: int64, shape (5,).
    """
    stored = StoredText(texts, row)
    begin = _first_sentence(stored, REACH * chars)
    if begin is not None:
        passage = _passage_around(texts, row, begin, min(begin + 1, stored.length), chars)
        if _VISIBLE.search(stored.part(int(passage[PASSAGE_BEGIN]), int(passage[PASSAGE_END]))):
            return passage
    # The first sentence is long and begins with nothing visible, or a word in it does not fit.
    visible = _VISIBLE.search(stored.part(0, stored.length))
    return _passage_around(texts, row, *visible.span(), chars) if visible else None


def _passage_around(texts: PageTexts, row: int, begin: int, end: int, chars: int) -> np.ndarray:
    span = row, begin, end, end, 0, StoredText(texts, row).length
    passage: np.ndarray = fit_passages(texts, np.array([span], dtype=np.int64), chars)[0]
    return passage


def _first_sentence(stored: StoredText, reach: int) -> int | None:
    """Begin of the first visible sentence outside of headings, else of the first visible one; None without any."""
    text = stored.part(0, min(reach, stored.length))
    count = bisect_right(stored.sentences.starts.data, reach)
    starts, ends, kinds = (column[:count].tolist() for column in stored.sentences)
    visible = [i for i, start in enumerate(starts) if _VISIBLE.search(text, start, ends[i])]
    return next((starts[i] for i in visible if not kinds[i] & HEADING), starts[visible[0]] if visible else None)
