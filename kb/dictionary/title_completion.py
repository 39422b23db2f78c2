"""Title completion: titles in which every typed word begins a word, searched in the sorted titles of the segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from kb.compiled import Bools, Int64s, Uint8s, Uint32s, compiled, inner
from kb.dictionary.word_ranges import prefix_range, utf8
from kb.segments.arrays import pack_strings, unpack_string
from kb.segments.bounds import joined_ranges
from kb.segments.segment import OpenSegment

_SPACE = ord(" ")
_INSIDE = 1 << 32
"""Added to the length of a title that does not begin as typed, to sort it behind all that do: more than any length."""


class Completion(NamedTuple):
    """A suggested article; suggestions sort by these fields, titles that begin as typed first, then the shortest."""

    inside: bool
    """Whether the title does not begin as typed."""
    length: int
    """Code points of the key."""
    key: str
    id: str
    title: str


class SegmentTitles:
    """The titles of one segment, by rank in the order of their keys (`Analyzer.keyword`)."""

    def __init__(self, segment: OpenSegment) -> None:
        self._segment = segment
        self._letters, self._bounds = segment.arrays["sorted_titles"], segment.arrays["sorted_title_bounds"]
        self._lengths = segment.arrays["sorted_title_lengths"]

    def key(self, rank: int) -> str:
        """Key of the title at a rank."""
        return unpack_string(self._letters, self._bounds, rank)

    def completions(self, words: Sequence[str], limit: int) -> Iterator[Completion]:
        """The best `limit` articles in whose titles every word begins a word; raises ValueError without a word."""
        prefixes = [utf8(word) for word in words]
        prefix_letters, prefix_bounds = pack_strings(list(words))
        begin, end = prefix_range(b" ".join(prefixes), self._letters.data, self._bounds.data)
        best = _best_titles(
            self._letters,
            self._bounds,
            self._lengths,
            self._candidates(prefixes),
            prefix_letters,
            prefix_bounds,
            begin,
            end,
            limit,
        )
        remaining = limit
        for rank in best.tolist():
            docids = self._docids(rank)[:remaining]
            remaining -= len(docids)
            for docid in docids.tolist():
                article_id, title = self._segment.id(docid), self._segment.article(docid).title
                yield Completion(not begin <= rank < end, int(self._lengths[rank]), self.key(rank), article_id, title)

    def _docids(self, rank: int) -> np.ndarray:
        """Live articles with a title, ascending by id: int32, shape (n,)."""
        bounds = self._segment.arrays["titled_bounds"]
        docids: np.ndarray = self._segment.arrays["titled"][bounds[rank] : bounds[rank + 1]]
        return docids if self._segment.live is None else docids[self._segment.live[docids]]

    def _candidates(self, prefixes: Sequence[bytes]) -> np.ndarray:
        """Mask of the titles worth a comparison: bool, shape (k,).

        Titles of live articles that have the stem of a word with the rarest prefix; or of all live articles, where the
        postings of these stems are no fewer than the titles. A prefix of more words than there are titles is not looked
        into: its words have as many postings.
        """
        arrays = self._segment.arrays
        ranges = [prefix_range(prefix, arrays["sorted_words"].data, self._word_bounds) for prefix in prefixes]
        narrow = [self._stems(begin, end) for begin, end in ranges if end - begin < len(self._live_titles)]
        if not narrow:
            return self._live_titles
        rarest = min(narrow, key=self._posting_count)
        count = self._posting_count(rarest)
        if count >= len(self._live_titles):
            return self._live_titles
        begins = arrays["posting_bounds"][rarest]
        postings = joined_ranges(begins, arrays["posting_bounds"][rarest + 1] - begins)
        postings = postings[arrays["posting_in_title"][postings] > 0]
        mask = np.zeros(len(self._live_titles), dtype=bool)
        mask[arrays["title_ranks"][arrays["posting_docids"][postings]]] = True
        return mask & self._live_titles

    @property
    def _word_bounds(self) -> memoryview:
        bounds: memoryview = self._segment.arrays["sorted_word_bounds"].data
        return bounds

    def _stems(self, begin: int, end: int) -> np.ndarray:
        """Stem ids of the sorted words `begin:end`, each once, ascending: int32, shape (n,)."""
        arrays = self._segment.arrays
        return np.unique(arrays["stem_of_word"][arrays["sorted_word_ids"][begin:end]])

    def _posting_count(self, stems: np.ndarray) -> int:
        """Number of the postings of all these stems."""
        bounds = self._segment.arrays["posting_bounds"]
        return int((bounds[stems + 1] - bounds[stems]).sum())

    @cached_property
    def _live_titles(self) -> np.ndarray:
        """Mask of the titles of live articles: bool, shape (k,)."""
        live = self._segment.live
        if live is None:
            return np.ones(len(self._bounds) - 1, dtype=bool)
        mask = np.zeros(len(self._bounds) - 1, dtype=bool)
        mask[self._segment.arrays["title_ranks"][live]] = True
        return mask


def first_titles(segments: Sequence[SegmentTitles], words: Sequence[str], limit: int) -> list[tuple[str, str]]:
    """Ids and titles of at most `limit` articles in whose titles every word begins a word, the best first."""
    completions = (completion for segment in segments for completion in segment.completions(words, limit))
    return [(completion.id, completion.title) for completion in nsmallest(limit, completions)]


class _Titles(NamedTuple):
    """Keys of titles in ascending order.

    letters       uint8 (b,)      the key at rank i is `letters[bounds[i]:bounds[i + 1]]`
    bounds        int64 (k + 1,)
    lengths       uint32 (k,)     code points
    is_candidate  bool (k,)       whether the title is worth a comparison
    """

    letters: np.ndarray
    bounds: np.ndarray
    lengths: np.ndarray
    is_candidate: np.ndarray


class _Prefixes(NamedTuple):
    """Packed strings: prefix i is `letters[bounds[i]:bounds[i + 1]]`; uint8 (b,), int64 (n + 1,)."""

    letters: np.ndarray
    bounds: np.ndarray


@compiled
def _best_titles(
    letters: Uint8s,
    bounds: Int64s,
    lengths: Uint32s,
    is_candidate: Bools,
    prefix_letters: Uint8s,
    prefix_bounds: Int64s,
    range_begin: int,
    range_end: int,
    k: int,
) -> np.ndarray:
    titles, prefixes = _Titles(letters, bounds, lengths, is_candidate), _Prefixes(prefix_letters, prefix_bounds)
    return _best(titles, prefixes, range_begin, range_end, k)


@inner
def _best(titles: _Titles, prefixes: _Prefixes, range_begin: int, range_end: int, k: int) -> np.ndarray:
    """Ranks of the k best candidates in which every prefix begins a word, the best first: int64, shape (n,).

    The titles at ranks `range_begin:range_end` begin as typed and come first; then the shortest come first; ties go to
    the lowest rank.
    """
    best = np.empty(k + 1, np.int64)
    sort_keys = np.empty(k + 1, np.int64)
    count = 0
    # Invariant: best[:count] are the best titles so far, and sort_keys[:count] their keys, ascending.
    for rank in range(len(titles.lengths)):
        inside = rank < range_begin or rank >= range_end
        sort_key = np.int64(titles.lengths[rank]) + inside * _INSIDE
        # Words are compared only in titles that would be among the best: soon in few.
        if not titles.is_candidate[rank] or (count == k and sort_key >= sort_keys[count - 1]):
            continue
        if inside and not _has_words(titles, rank, prefixes):
            continue
        i = count
        while i > 0 and sort_keys[i - 1] > sort_key:
            best[i], sort_keys[i] = best[i - 1], sort_keys[i - 1]
            i -= 1
        best[i], sort_keys[i] = rank, sort_key
        count = min(count + 1, k)
    return best[:count].copy()


@inner
def _has_words(titles: _Titles, rank: int, prefixes: _Prefixes) -> bool:
    """Whether each of the prefixes begins a word of a title."""
    has_all = True
    for prefix in range(len(prefixes.bounds) - 1):
        has_all = has_all and _has_word(titles, rank, prefixes, prefix)
    return has_all


@inner
def _has_word(titles: _Titles, rank: int, prefixes: _Prefixes, prefix: int) -> bool:
    """Whether a prefix begins a word of a title: after a space, or at the begin of the title."""
    title_begin, title_end = titles.bounds[rank], titles.bounds[rank + 1]
    prefix_begin, length = prefixes.bounds[prefix], prefixes.bounds[prefix + 1] - prefixes.bounds[prefix]
    for begin in range(title_begin, title_end - length + 1):
        if begin > title_begin and titles.letters[begin - 1] != _SPACE:
            continue
        equal = 0
        while equal < length and titles.letters[begin + equal] == prefixes.letters[prefix_begin + equal]:
            equal += 1
        if equal == length:
            return True
    return False
