"""The texts of articles of segments, as the map of the disk holds them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, compiled
from kb.indexing.columnar.segment import OpenSegment
from kb.texts import NO_TEXTS, PageTexts


def texts_of(segments: Sequence[OpenSegment], page: np.ndarray) -> PageTexts:
    """The texts of a page of articles, which are given by segment and number: int64, shape (n, 2)."""
    if not len(page):
        return NO_TEXTS
    numbers = page[:, 0].tolist()
    if len(set(numbers)) == 1:
        return _of_segment(segments[numbers[0]], page)
    return PageTexts.joined([_of_segment(segments[n], page[row : row + 1]) for row, n in enumerate(numbers)])


def _of_segment(segment: OpenSegment, page: np.ndarray) -> PageTexts:
    runs = _runs(page, *segment.bounds_of_texts)
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
