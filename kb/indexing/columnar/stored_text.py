"""The text of one article of a segment: what is asked for is read from the map of the disk, and nothing else."""

from __future__ import annotations

import numpy as np

from kb.compiled import Int32s, Uint32s, compiled
from kb.indexing.columnar.segment import OpenSegment
from kb.texts import SentenceRun


class SegmentText:
    """`texts.StoredText` over the arrays of a segment."""

    __slots__ = ("_number", "_segment", "length")

    def __init__(self, segment: OpenSegment, number: int) -> None:
        self._segment = segment
        self._number = number
        self.length = segment.text_length(number)

    @property
    def simple(self) -> bool:
        """Whether the text is Latin-1, which has no combining marks."""
        return self._segment.widths[self._number] == 1

    @property
    def sentences(self) -> SentenceRun:
        """The sentences of the whole text."""
        segment, number = self._segment, self._number
        run = slice(segment.sentence_bounds[number], segment.sentence_bounds[number + 1])
        return SentenceRun(segment.sentence_starts[run], segment.sentence_ends[run], segment.sentence_kinds[run])

    def part(self, start: int, end: int) -> str:
        """`start:end` of the text."""
        return self._segment.text(self._number, start, end)

    def stands_once(self, start: int, end: int) -> bool:
        """Whether the words of `start:end` stand nowhere else in the text one after the other; False for no words."""
        segment, number = self._segment, self._number
        first = segment.token_bounds[number] + segment.title_lengths[number]
        return _stands_once(segment.tokens, segment.starts, first, segment.token_bounds[number + 1], start, end)


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
