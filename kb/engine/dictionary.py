"""The term dictionary of a generation, over the sorted words of its segments: no list of all words is ever in memory.

The words of a prefix, of a pattern or near a misspelled word lie in a range of the sorted words. The ranges of all
segments are merged into one list; only the words of an answer become Python strings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, reduce
from typing import TypeAlias

import numpy as np

from kb.engine.fuzzy import edit_distances, matching
from kb.engine.smallest import k_smallest
from kb.engine.word_ranges import WordList, live_frequencies, prefix_range, utf8
from kb.segments.segment import OpenSegment

Words: TypeAlias = tuple[tuple[str, ...], bool]
"""Words, and whether the list is complete."""

_WILDCARD = re.compile(r"[*?]")
_NO_WORDS = WordList(np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))


class TermDictionary:
    """The unstemmed words of the titles and texts of live articles."""

    def __init__(self, segments: Sequence[OpenSegment]) -> None:
        self._segments = [_SegmentDictionary(segment) for segment in segments]

    def frequency(self, word: str) -> int:
        """Document frequency of a word; 0 for an unknown word."""
        return sum(segment.frequency(word) for segment in self._segments)

    def with_prefix(self, prefix: str, limit: int) -> Words:
        """At most `limit` words with a prefix, the most frequent first."""
        words = self._in_range(prefix)
        return _first(words, _no_distance(words), words.frequencies > 0, limit)

    def matching(self, pattern: str, limit: int) -> Words:
        """At most `limit` words that match a pattern of letters, `*` and `?`, the most frequent first."""
        words = self._in_range(_WILDCARD.split(pattern, maxsplit=1)[0])
        return _first(words, _no_distance(words), matching(words, pattern) & (words.frequencies > 0), limit)

    def near(self, word: str, edits: int, limit: int) -> Words:
        """At most `limit` words with the first letter of `word` within an edit distance, the nearest first."""
        words = self._in_range(word[:1])
        distances = edit_distances(words, word, edits)
        return _first(words, distances, (distances <= edits) & (words.frequencies > 0), limit)

    def _in_range(self, prefix: str) -> WordList:
        """The words of all segments with a prefix; words of deleted articles alone have a frequency of 0."""
        lists = [segment.in_range(utf8(prefix)) for segment in self._segments]
        return reduce(WordList.merged, lists) if lists else _NO_WORDS


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

    def in_range(self, prefix: bytes) -> WordList:
        """The words with a prefix, those of deleted articles included."""
        begin, end = prefix_range(prefix, self._letters.data, self._bounds.data)
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


def _first(words: WordList, distances: np.ndarray, mask: np.ndarray, limit: int) -> Words:
    """The first words of a mask by distance, then by descending frequency, then in the order of the word list."""
    (indexes,) = mask.nonzero()
    # A frequency has less than 32 bits: distances decide first.
    keys = (distances[indexes] << 32) - words.frequencies[indexes]
    first = indexes[k_smallest(keys, limit)].tolist()
    return tuple([words.word(index) for index in first]), len(indexes) <= limit
