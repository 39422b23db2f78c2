"""The term dictionary of a generation, over the sorted words of its segments: no list of all words is ever in memory.

The words of a prefix, of a pattern or near a misspelled word lie in a range of the sorted words. The range is read in
chunks of the alphabet: the words of all segments in a chunk are merged into one list, and only the best words so far
become Python strings. Between two chunks is a look at the deadline; the first chunk is always read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, reduce
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np

from kb.deadline import NEVER, Deadline
from kb.dictionary.fuzzy import edit_distances, matching
from kb.dictionary.smallest import k_smallest
from kb.dictionary.word_ranges import WordList, live_frequencies, prefix_range, utf8, word_index
from kb.segments.segment import OpenSegment

Words: TypeAlias = tuple[tuple[str, ...], bool]
"""Words, and whether the list is complete."""

CHUNK = 1 << 14
"""Most words of a segment in a chunk: a millisecond or two of comparisons."""

_WILDCARD = re.compile(r"[*?]")
_UNFIT = -1
"""Distance of a word that does not fit."""

_Measure: TypeAlias = Callable[[WordList], np.ndarray]
"""Distance of each word in a list, `_UNFIT` for a word that does not fit: int64, shape (n,)."""


class TermDictionary:
    """The unstemmed words of the titles and texts of live articles."""

    def __init__(self, segments: Sequence[OpenSegment], chunk: int = CHUNK) -> None:
        self._segments = [_SegmentDictionary(segment) for segment in segments]
        self._chunk = chunk

    def frequency(self, word: str) -> int:
        """Document frequency of a word; 0 for an unknown word."""
        return sum(segment.frequency(word) for segment in self._segments)

    def with_prefix(self, prefix: str, limit: int, deadline: Deadline = NEVER) -> Words:
        """At most `limit` words with a prefix, the most frequent first."""
        return self._first(prefix, _no_distance, limit, deadline)

    def matching(self, pattern: str, limit: int, deadline: Deadline = NEVER) -> Words:
        """At most `limit` words that match a pattern of letters, `*` and `?`, the most frequent first."""

        def measure(words: WordList) -> np.ndarray:
            return np.where(matching(words, pattern), 0, _UNFIT)

        return self._first(_WILDCARD.split(pattern, maxsplit=1)[0], measure, limit, deadline)

    def near(self, word: str, edits: int, limit: int, deadline: Deadline = NEVER) -> Words:
        """At most `limit` words with the first letter of `word` within an edit distance, the nearest first."""

        def measure(words: WordList) -> np.ndarray:
            distances = edit_distances(words, word, edits)
            return np.where(distances <= edits, distances, _UNFIT)

        return self._first(word[:1], measure, limit, deadline)

    def _first(self, prefix: str, measure: _Measure, limit: int, deadline: Deadline) -> Words:
        """The first words with a prefix by distance, then by descending frequency, then in the order of the alphabet.

        Incomplete where there are more than `limit`, and where the deadline passed before the last chunk.
        """
        first: list[tuple[int, str]] = []
        count = 0
        for number, words in enumerate(self._chunks(utf8(prefix))):
            if number and deadline.has_passed():
                return _words(first), False
            distances = measure(words)
            (fitting,) = ((distances != _UNFIT) & (words.frequencies > 0)).nonzero()
            # A frequency has less than 32 bits: distances decide first.
            keys = (distances[fitting] << 32) - words.frequencies[fitting]
            count += len(fitting)
            if first and len(first) == limit:
                # Equals of an earlier chunk come first.
                better = keys < first[-1][0]
                fitting, keys = fitting[better], keys[better]
            chosen = k_smallest(keys, limit)
            first += [(int(keys[i]), words.word(int(fitting[i]))) for i in chosen]
            first = sorted(first, key=itemgetter(0))[:limit]
        return _words(first), count <= limit

    def _chunks(self, prefix: bytes) -> Iterator[WordList]:
        """The words of all segments with a prefix, chunk by chunk in ascending order.

        Words of deleted articles alone have a frequency of 0.
        """
        parts = [_Part(segment, *segment.range_of(prefix)) for segment in self._segments]
        while parts := [part for part in parts if part.begin < part.end]:
            long = [part for part in parts if part.end - part.begin > self._chunk]
            if long:
                # All words below the pivot: no segment has more than a chunk of them, one has a whole chunk.
                pivot = min([part.segment.bytes_at(part.begin + self._chunk) for part in long])
                ends = [part.segment.index_of(pivot, part.begin, part.end) for part in parts]
            else:
                ends = [part.end for part in parts]
            lists = [p.segment.words(p.begin, end) for p, end in zip(parts, ends, strict=True) if p.begin < end]
            yield reduce(WordList.merged, lists)
            parts = [part._replace(begin=end) for part, end in zip(parts, ends, strict=True)]


class _Part(NamedTuple):
    """The sorted words `begin:end` of a segment, by index."""

    segment: _SegmentDictionary
    begin: int
    end: int


class _SegmentDictionary:
    """The term dictionary of one segment."""

    def __init__(self, segment: OpenSegment) -> None:
        self._segment = segment
        self._letters, self._bounds = segment.arrays["sorted_words"], segment.arrays["sorted_word_bounds"]
        self._word_ids = segment.arrays["sorted_word_ids"]

    def frequency(self, word: str) -> int:
        """Number of live articles with a word; 0 for an unknown word."""
        word_id = self._segment.words.get(word)
        return 0 if word_id is None else int(self._frequencies[word_id])

    def range_of(self, prefix: bytes) -> tuple[int, int]:
        """Begin and end of the sorted words with a prefix."""
        return prefix_range(prefix, self._letters.data, self._bounds.data)

    def bytes_at(self, index: int) -> bytes:
        """The sorted word at an index, in UTF-8."""
        return self._letters[self._bounds[index] : self._bounds[index + 1]].tobytes()

    def index_of(self, word: bytes, begin: int, end: int) -> int:
        """Index of the first of the sorted words `begin:end` that is not before `word`; `end` without any."""
        return word_index(word, self._letters.data, self._bounds.data, begin, end)

    def words(self, begin: int, end: int) -> WordList:
        """The sorted words `begin:end`, those of deleted articles included."""
        bounds = self._bounds[begin : end + 1]
        return WordList(
            self._letters[bounds[0] : bounds[-1]].copy(),
            bounds - bounds[0],
            self._frequencies[self._word_ids[begin:end]],
        )

    @cached_property
    def _frequencies(self) -> np.ndarray:
        """Document frequency of each word id, over live articles: int32, shape (w,)."""
        segment, frequencies = self._segment, self._segment.arrays["word_articles"]
        if segment.live is None:
            return frequencies
        deleted = (~segment.live).nonzero()[0].astype(np.int32)
        return live_frequencies(frequencies, deleted, segment.arrays["tokens"], segment.inversion.bounds)


def _no_distance(words: WordList) -> np.ndarray:
    """Distance 0 of each word: int64, shape (n,)."""
    return np.zeros(len(words.frequencies), dtype=np.int64)


def _words(first: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple([word for _, word in first])
