"""The text of one article of a segment: what is asked for is read from the map of the disk, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int32s, Int64s, Uint8s, Uint32s, compiled
from kb.indexing.columnar.batch import ENCODINGS
from kb.indexing.columnar.segment import OpenSegment
from kb.texts import NO_SENTENCES, PageSentences, SentenceRun


class SegmentText:
    """`texts.StoredText` over the arrays of a segment."""

    __slots__ = ("_content", "_number", "_segment", "_width", "length")

    def __init__(self, segment: OpenSegment, number: int) -> None:
        self._segment = segment
        self._number = number
        self._content, self._width = segment.text_content(number)
        self.length = len(self._content) // self._width

    @property
    def simple(self) -> bool:
        """Whether the text is Latin-1, which has no combining marks."""
        return self._width == 1

    @property
    def sentences(self) -> SentenceRun:
        """The sentences of the whole text."""
        segment, number = self._segment, self._number
        run = slice(segment.sentence_bounds[number], segment.sentence_bounds[number + 1])
        return SentenceRun(segment.sentence_starts[run], segment.sentence_ends[run], segment.sentence_kinds[run])

    def part(self, start: int, end: int) -> str:
        """`start:end` of the text."""
        width = self._width
        return str(self._content[width * start : width * end], ENCODINGS[width], "surrogatepass")

    def stands_once(self, start: int, end: int) -> bool:
        """Whether the words of `start:end` stand nowhere else in the text one after the other; False for no words."""
        segment, number = self._segment, self._number
        first = segment.token_bounds[number] + segment.title_lengths[number]
        return _stands_once(segment.tokens, segment.starts, first, segment.token_bounds[number + 1], start, end)


def sentences_of(segments: Sequence[OpenSegment], page: Sequence[tuple[int, int]]) -> PageSentences:
    """The sentences of the texts of a page of articles, which are given by segment and number."""
    if not page:
        return NO_SENTENCES
    numbers = np.array([number for _, number in page], dtype=np.int64)
    if len({segment for segment, _ in page}) > 1:
        return PageSentences.of([SegmentText(segments[segment], number).sentences for segment, number in page])
    segment = segments[page[0][0]]
    bounds = segment.arrays["sentence_bounds"]
    return PageSentences(
        *_gathered(numbers, bounds, segment.sentence_starts, segment.sentence_ends, segment.sentence_kinds)
    )


@compiled
def _gathered(
    numbers: Int64s, bounds: Int64s, starts: Uint32s, ends: Uint32s, kinds: Uint8s
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What is in `PageSentences`."""
    made_bounds = np.zeros(len(numbers) + 1, dtype=np.int64)
    for i, number in enumerate(numbers):
        made_bounds[i + 1] = made_bounds[i] + bounds[number + 1] - bounds[number]
    made_starts = np.empty(made_bounds[-1], dtype=np.uint32)
    made_ends = np.empty(made_bounds[-1], dtype=np.uint32)
    made_kinds = np.empty(made_bounds[-1], dtype=np.uint8)
    for i, number in enumerate(numbers):
        shift = bounds[number] - made_bounds[i]
        for place in range(made_bounds[i], made_bounds[i + 1]):
            made_starts[place], made_ends[place] = starts[place + shift], ends[place + shift]
            made_kinds[place] = kinds[place + shift]
    return made_bounds, made_starts, made_ends, made_kinds


@compiled
def _stands_once(tokens: Int32s, starts: Uint32s, first: int, last: int, start: int, end: int) -> bool:
    begin = first + np.searchsorted(starts[first:last], np.uint32(start))
    count = np.searchsorted(starts[begin:last], np.uint32(end))
    found = 0
    for place in range(first, last - count + 1):
        same = 0
        while same < count and tokens[place + same] == tokens[begin + same]:
            same += 1
        found += same == count
    return bool(count > 0 and found == 1)
