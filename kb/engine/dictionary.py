"""The words of a generation, from the sorted words of its segments: no list of them is ever held.

What a prefix, a pattern or a word with typing errors stands for lies in a range of the sorted words. The ranges of all
segments become one list, of which only the words that are asked for become Python strings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, reduce

import numpy as np

from kb.engine.fuzzy import distances, fitting
from kb.engine.word_ranges import WordList, encoded, range_of, smallest, without_articles
from kb.segments.segment import OpenSegment

Words = tuple[tuple[str, ...], bool]

_FIRST_WILDCARD = re.compile(r"[*?]")


class TermDictionary:
    """The unstemmed words of titles and texts that an article that is not deleted has."""

    def __init__(self, segments: Sequence[OpenSegment]) -> None:
        self._segments = [_SegmentWords(segment) for segment in segments]

    def frequency(self, word: str) -> int:
        """In how many articles the word stands."""
        return sum(segment.frequency(word) for segment in self._segments)

    def with_prefix(self, prefix: str, limit: int) -> Words:
        """At most `limit` words that begin so, the most frequent first, and whether that is all of them."""
        words = self._beginning(prefix)
        return _first(words, np.zeros(len(words.counts), dtype=np.int64), words.counts > 0, limit)

    def matching(self, pattern: str, limit: int) -> Words:
        """Likewise, words that fit a pattern of letters, `*` and `?`."""
        words = self._beginning(_FIRST_WILDCARD.split(pattern, maxsplit=1)[0])
        none = np.zeros(len(words.counts), dtype=np.int64)
        return _first(words, none, fitting(words, pattern) & (words.counts > 0), limit)

    def near(self, word: str, edits: int, limit: int) -> Words:
        """Likewise, words with the same first letter at most `edits` edits away, the nearest first."""
        words = self._beginning(word[:1])
        away = distances(words, word, edits)
        return _first(words, away, (away <= edits) & (words.counts > 0), limit)

    def _beginning(self, prefix: str) -> WordList:
        """The words of all segments that begin so; of no article, if they are of deleted ones alone."""
        lists = [segment.beginning(encoded(prefix)) for segment in self._segments]
        return reduce(WordList.joined, lists) if lists else _NO_WORDS


class _SegmentWords:
    """The words of one segment."""

    def __init__(self, segment: OpenSegment) -> None:
        self._segment = segment
        self._letters, self._bounds = segment.arrays["sorted_words"], segment.arrays["sorted_word_bounds"]
        self._numbers = segment.arrays["sorted_word_ids"]

    def frequency(self, word: str) -> int:
        number = self._segment.words.get(word)
        return 0 if number is None else int(self._counts[number])

    def beginning(self, prefix: bytes) -> WordList:
        found = range_of(prefix, self._letters.data, self._bounds.data)
        bounds = self._bounds[found.start : found.stop + 1]
        return WordList(
            self._letters[bounds[0] : bounds[-1]].copy(),
            bounds - bounds[0],
            self._counts[self._numbers[found.start : found.stop]],
        )

    @cached_property
    def _counts(self) -> np.ndarray:
        """In how many articles that are not deleted each word stands: int32, shape (w,)."""
        segment, counts = self._segment, self._segment.arrays["word_articles"]
        if segment.live is None:
            return counts
        gone = (~segment.live).nonzero()[0].astype(np.int32)
        return without_articles(counts, gone, segment.arrays["tokens"], segment.inversion.bounds)


_NO_WORDS = WordList(np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))


def _first(words: WordList, away: np.ndarray, found: np.ndarray, limit: int) -> Words:
    """The nearest of the words that are found, of these the most frequent, of these the first of the alphabet."""
    (numbers,) = found.nonzero()
    ranks = (away[numbers] << 32) - words.counts[numbers]
    chosen = numbers[smallest(ranks, limit)].tolist()
    return tuple([words.word(number) for number in chosen]), len(numbers) <= limit
