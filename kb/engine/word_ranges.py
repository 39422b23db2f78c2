"""Ranges of sorted words as arrays of bytes: searched, merged and counted without a Python string for each word."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Uint8s, compiled, inner


class WordList(NamedTuple):
    """Words in ascending order, in UTF-8, end to end.

    letters  uint8 (b,): word i is `letters[bounds[i]:bounds[i + 1]]`
    bounds   int64 (n + 1,)
    counts   int32 (n,): document frequencies
    """

    letters: np.ndarray
    bounds: np.ndarray
    counts: np.ndarray

    def word(self, index: int) -> str:
        """The word at an index."""
        return self.letters[self.bounds[index] : self.bounds[index + 1]].tobytes().decode("utf-8", "surrogatepass")

    def merged(self, other: WordList) -> WordList:
        """The words of both lists, each once, with summed frequencies."""
        return WordList(*_merged(*self, *other))


def utf8(text: str) -> bytes:
    """A string as words are stored: UTF-8 that lone surrogates pass."""
    return text.encode("utf-8", "surrogatepass")


def prefix_range(prefix: bytes, letters: memoryview, bounds: memoryview) -> tuple[int, int]:
    """Begin and end of the strings with a prefix, by binary search in ascending strings laid end to end."""
    every, length = range(len(bounds) - 1), len(prefix)
    begin = bisect_left(every, prefix, key=lambda i: bytes(letters[bounds[i] : bounds[i + 1]]))
    end = bisect_right(every, prefix, lo=begin, key=lambda i: bytes(letters[bounds[i] : bounds[i + 1]][:length]))
    return begin, end


def k_smallest(ranks: np.ndarray, k: int) -> list[int]:
    """Indexes of the `k` smallest ranks in ascending order of rank; ties go to the lowest index."""
    chosen = np.arange(len(ranks))
    if 0 < k < len(ranks):
        (chosen,) = (ranks <= np.partition(ranks, k - 1)[k - 1]).nonzero()
    smallest: list[int] = chosen[ranks[chosen].argsort(kind="stable")[: max(0, k)]].tolist()
    return smallest


@compiled
def live_frequencies(frequencies: Int32s, deleted: Int32s, tokens: Int32s, bounds: Int64s) -> np.ndarray:
    """Document frequencies of words over live articles: int32, shape (w,).

    `frequencies` are over all articles; article i has the words `tokens[bounds[i]:bounds[i + 1]]`.
    """
    live = frequencies.copy()
    last = np.full(len(frequencies), -1, np.int32)
    # `last[word]` is the last deleted article with the word: an article counts once however often it has the word.
    for docid in deleted:
        for position in range(bounds[docid], bounds[docid + 1]):
            word = tokens[position]
            if last[word] != docid:
                last[word] = docid
                live[word] -= 1
    return live


@compiled
def _merged(
    letters: Uint8s, bounds: Int64s, counts: Int32s, other_letters: Uint8s, other_bounds: Int64s, other_counts: Int32s
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge of two sorted lists, as in merge sort: arrays of a `WordList`."""
    left, right = WordList(letters, bounds, counts), WordList(other_letters, other_bounds, other_counts)
    merged = np.empty(len(letters) + len(other_letters), np.uint8)
    merged_bounds = np.zeros(len(counts) + len(other_counts) + 1, np.int64)
    merged_counts = np.zeros(len(counts) + len(other_counts), np.int32)
    i = j = n = end = 0
    # The first n merged words, of `end` bytes, are the words before left[i] and right[j].
    while i < len(counts) or j < len(other_counts):
        order = _order(left, i, right, j)
        source, index = (left, i) if order <= 0 else (right, j)
        for byte in range(source.bounds[index], source.bounds[index + 1]):
            merged[end] = source.letters[byte]
            end += 1
        if order <= 0:
            merged_counts[n] += counts[i]
            i += 1
        if order >= 0:
            merged_counts[n] += other_counts[j]
            j += 1
        n += 1
        merged_bounds[n] = end
    return merged[:end].copy(), merged_bounds[: n + 1].copy(), merged_counts[:n].copy()


@inner
def _order(left: WordList, i: int, right: WordList, j: int) -> int:
    """-1, 0 or 1: whether left[i] comes before right[j], equals right[j] or comes after; the end of a list is last."""
    if i == len(left.counts):
        return 1
    if j == len(right.counts):
        return -1
    begin, end = left.bounds[i], left.bounds[i + 1]
    other, other_end = right.bounds[j], right.bounds[j + 1]
    # The bytes of both words before `begin` and `other` are equal.
    while begin < end and other < other_end:
        if left.letters[begin] != right.letters[other]:
            return -1 if left.letters[begin] < right.letters[other] else 1
        begin += 1
        other += 1
    return (other == other_end) * 1 - (begin == end) * 1
