"""Which titles have words that begin so: looked for in the sorted titles of the segments, which stay on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from kb.compiled import Bools, Int64s, Uint8s, Uint32s, compiled, inner
from kb.engine.word_ranges import encoded, range_of
from kb.segments.arrays import unpack_string
from kb.segments.bounds import joined_ranges
from kb.segments.segment import OpenSegment


class Titled(NamedTuple):
    """An article, in the order in which titles are suggested: those that begin as typed first, then the shortest."""

    inside: bool
    length: int
    key: str
    id: str
    title: str


class SegmentTitles:
    """The titles of one segment."""

    def __init__(self, segment: OpenSegment) -> None:
        self._segment = segment
        self._letters, self._bounds = segment.arrays["sorted_titles"], segment.arrays["sorted_title_bounds"]

    def key(self, number: int) -> str:
        """A title as `Analyzer.keyword` makes it, by its place among all."""
        return unpack_string(self._letters, self._bounds, number)

    def beginning(self, words: Sequence[str], limit: int) -> Iterator[Titled]:
        """The first `limit` articles in whose titles every word (there is one) begins a word, and perhaps others."""
        parts = [encoded(word) for word in words]
        typed = range_of(b" ".join(parts), self._letters.data, self._bounds.data)
        ends = np.cumsum([len(part) for part in parts])
        lengths = self._segment.arrays["sorted_title_lengths"]
        best = _best(
            self._letters,
            self._bounds,
            lengths,
            self._worth_a_look(parts),
            np.array(list(b"".join(parts)), dtype=np.uint8),
            ends,
            typed.start,
            typed.stop,
            limit,
        )
        left = limit
        for number in best.tolist():
            articles = self._articles(number)[: max(0, left)]
            left -= len(articles)
            for article in articles.tolist():
                identity, title = self._segment.id(article), self._segment.article(article).title
                yield Titled(number not in typed, int(lengths[number]), self.key(number), identity, title)

    def _articles(self, number: int) -> np.ndarray:
        """The articles that have a title and are not deleted, by id: int32, shape (n,)."""
        bounds = self._segment.arrays["titled_bounds"]
        articles: np.ndarray = self._segment.arrays["titled"][bounds[number] : bounds[number + 1]]
        return articles if self._segment.live is None else articles[self._segment.live[articles]]

    def _worth_a_look(self, words: Sequence[bytes]) -> np.ndarray:
        """Which titles may have all the words: those with the rarest of them, or all if none is rare: bool, (k,)."""
        arrays = self._segment.arrays
        rarest = min([self._stems(word) for word in words], key=self._postings_of)
        count = self._postings_of(rarest)
        if count >= len(self._present):
            return self._present
        begins = arrays["posting_bounds"][rarest]
        postings = joined_ranges(begins, arrays["posting_bounds"][rarest + 1] - begins)
        postings = postings[arrays["posting_in_title"][postings] > 0]
        found = np.zeros(len(self._present), dtype=bool)
        found[arrays["title_ranks"][arrays["posting_docids"][postings]]] = True
        return found & self._present

    def _stems(self, prefix: bytes) -> np.ndarray:
        """The stems of the words that begin so, each once: int32, shape (n,)."""
        arrays = self._segment.arrays
        words = range_of(prefix, arrays["sorted_words"].data, arrays["sorted_word_bounds"].data)
        return np.unique(arrays["stem_of_word"][arrays["sorted_word_ids"][words.start : words.stop]])

    def _postings_of(self, stems: np.ndarray) -> int:
        bounds = self._segment.arrays["posting_bounds"]
        return int((bounds[stems + 1] - bounds[stems]).sum())

    @cached_property
    def _present(self) -> np.ndarray:
        """Which titles an article has that is not deleted: bool, shape (k,)."""
        live = self._segment.live
        if live is None:
            return np.ones(len(self._bounds) - 1, dtype=bool)
        present = np.zeros(len(self._bounds) - 1, dtype=bool)
        present[self._segment.arrays["title_ranks"][live]] = True
        return present


def first_titles(segments: Sequence[SegmentTitles], words: Sequence[str], limit: int) -> list[tuple[str, str]]:
    """Ids and titles of at most `limit` articles, of those that have such a title, the best first."""
    found = (titled for segment in segments for titled in segment.beginning(words, limit))
    return [(titled.id, titled.title) for titled in nsmallest(limit, found)]


@compiled
def _best(
    letters: Uint8s,
    bounds: Int64s,
    lengths: Uint32s,
    present: Bools,
    words: Uint8s,
    ends: Int64s,
    first_typed: int,
    beyond_typed: int,
    wanted: int,
) -> np.ndarray:
    """The numbers of the `wanted` best titles in which every word begins a word, the best first: int64, shape (n,)."""
    best = np.empty(wanted + 1, np.int64)
    ranks = np.empty(wanted + 1, np.int64)
    found = 0
    for title in range(len(present)):
        inside = title < first_typed or title >= beyond_typed
        rank = np.int64(lengths[title]) + (np.int64(inside) << 32)
        # Few titles are looked into once there are enough good ones.
        if not present[title] or (found == wanted and rank >= ranks[found - 1]):
            continue
        if inside and not _has_all(letters, bounds[title], bounds[title + 1], words, ends):
            continue
        place = found
        while place > 0 and ranks[place - 1] > rank:
            best[place], ranks[place] = best[place - 1], ranks[place - 1]
            place -= 1
        best[place], ranks[place] = title, rank
        found = min(found + 1, wanted)
    return best[:found].copy()


@inner
def _has_all(letters: np.ndarray, begin: int, end: int, words: np.ndarray, ends: np.ndarray) -> bool:
    """Whether each of the words begins a word of a string."""
    first = 0
    for beyond in ends:
        there = False
        for place in range(begin, end - (beyond - first) + 1):
            if place > begin and letters[place - 1] != 32:
                continue
            offset = 0
            while offset < beyond - first and letters[place + offset] == words[first + offset]:
                offset += 1
            if offset == beyond - first:
                there = True
                break
        if not there:
            return False
        first = beyond
    return True
