"""The text of one article of a segment: what is asked for is read from the map of the disk, and nothing else."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

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

    def part(self, start: int, end: int) -> str:
        """`start:end` of the text."""
        return self._segment.text(self._number, start, end)

    def sentences(self, low: int, high: int) -> SentenceRun:
        """The sentences that `low:high` has a part of, and one more after them if there is one."""
        segment, number = self._segment, self._number
        first, last = segment.sentence_bounds[number], segment.sentence_bounds[number + 1]
        begin = bisect_right(segment.sentence_starts, low, first, last)
        end = bisect_right(segment.sentence_starts, high, begin, last)
        run = slice(max(first, begin - 1), min(last, end + 1))
        return SentenceRun(
            segment.sentence_starts[run].tolist(),
            segment.sentence_ends[run].tolist(),
            segment.sentence_kinds[run].tolist(),
        )

    def stands_once(self, start: int, end: int) -> bool:
        """Whether the words of `start:end` stand nowhere else in the text one after the other; False for no words."""
        segment, number = self._segment, self._number
        first, last = segment.token_bounds[number] + segment.title_lengths[number], segment.token_bounds[number + 1]
        begin = bisect_left(segment.starts, start, first, last)
        wanted = bytes(segment.tokens[begin : bisect_left(segment.starts, end, begin, last)])
        words = bytes(segment.tokens[first:last])
        # Bytes may be found in the middle of a number too: then the words do not stand once, to be on the safe side.
        return wanted != b"" and words.find(wanted) == words.rfind(wanted)
