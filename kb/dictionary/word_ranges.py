"""Ranges of sorted words as arrays of bytes: searched, merged and counted without a Python string for each word."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Uint8s, compiled, inner
from kb.segments.arrays import unpack_string


class WordList(NamedTuple):
    """Distinct words in ascending order, as packed strings.

    letters      uint8 (b,)      word i is `letters[bounds[i]:bounds[i + 1]]`, in UTF-8
    bounds       int64 (n + 1,)
    frequencies  int32 (n,)      document frequencies
    """

    letters: np.ndarray
    bounds: np.ndarray
    frequencies: np.ndarray

    def word(self, index: int) -> str:
        """The word at an index."""
        return unpack_string(self.letters, self.bounds, index)

    def merged(self, other: WordList) -> WordList:
        """The words of both lists, each once, with summed frequencies."""
        return WordList(*_merged(*self, *other))


def utf8(text: str) -> bytes:
    """The bytes of a string in the form of stored words: UTF-8, extended to lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def prefix_range(prefix: bytes, letters: memoryview, bounds: memoryview) -> tuple[int, int]:
    """Begin and end of the range of strings with a prefix, by binary search in ascending packed strings."""
    indexes, length = range(len(bounds) - 1), len(prefix)
    begin = word_index(prefix, letters, bounds, 0, len(indexes))
    end = bisect_right(indexes, prefix, lo=begin, key=lambda i: bytes(letters[bounds[i] : bounds[i + 1]][:length]))
    return begin, end


def word_index(word: bytes, letters: memoryview, bounds: memoryview, begin: int, end: int) -> int:
    """Index of the first of the ascending packed strings `begin:end` that is not before `word`; `end` without any."""
    return bisect_left(range(end), word, lo=begin, key=lambda i: bytes(letters[bounds[i] : bounds[i + 1]]))


@compiled
def live_frequencies(frequencies: Int32s, deleted: Int32s, tokens: Int32s, bounds: Int64s) -> np.ndarray:
    """Document frequency of each word over live articles: int32, shape (w,).

    `frequencies` are over all articles; article i has the word ids `tokens[bounds[i]:bounds[i + 1]]`.
    """
    live = frequencies.copy()
    last = np.full(len(frequencies), -1, np.int32)
    # Invariant: last[word] is the last deleted article so far with the word, so that an article counts once for a word.
    for docid in deleted:
        for position in range(bounds[docid], bounds[docid + 1]):
            word = tokens[position]
            if last[word] != docid:
                last[word] = docid
                live[word] -= 1
    return live


@compiled
def _merged(
    left_letters: Uint8s,
    left_bounds: Int64s,
    left_frequencies: Int32s,
    right_letters: Uint8s,
    right_bounds: Int64s,
    right_frequencies: Int32s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge of two word lists, as in merge sort: the arrays of a `WordList`."""
    left = WordList(left_letters, left_bounds, left_frequencies)
    right = WordList(right_letters, right_bounds, right_frequencies)
    letters = np.empty(len(left.letters) + len(right.letters), np.uint8)
    bounds = np.zeros(len(left.frequencies) + len(right.frequencies) + 1, np.int64)
    frequencies = np.zeros(len(left.frequencies) + len(right.frequencies), np.int32)
    i = j = n = end = 0
    # Invariant: the first n merged words, of `end` bytes, are the words before left[i] and right[j].
    while i < len(left.frequencies) or j < len(right.frequencies):
        order = _order(left, i, right, j)
        source, index = (left, i) if order <= 0 else (right, j)
        for byte in range(source.bounds[index], source.bounds[index + 1]):
            letters[end] = source.letters[byte]
            end += 1
        if order <= 0:
            frequencies[n] += left.frequencies[i]
            i += 1
        if order >= 0:
            frequencies[n] += right.frequencies[j]
            j += 1
        n += 1
        bounds[n] = end
    return letters[:end].copy(), bounds[: n + 1].copy(), frequencies[:n].copy()


@inner
def _order(left: WordList, i: int, right: WordList, j: int) -> int:
    """Order of two words: -1, 0 or 1 if left[i] is less than, equal to or greater than right[j].

    An index at the end of the list is greater than every word.
    """
    if i == len(left.frequencies):
        return 1
    if j == len(right.frequencies):
        return -1
    left_byte, left_end = left.bounds[i], left.bounds[i + 1]
    right_byte, right_end = right.bounds[j], right.bounds[j + 1]
    # Invariant: the bytes of both words before `left_byte` and `right_byte` are equal.
    while left_byte < left_end and right_byte < right_end:
        if left.letters[left_byte] != right.letters[right_byte]:
            return -1 if left.letters[left_byte] < right.letters[right_byte] else 1
        left_byte += 1
        right_byte += 1
    return (right_byte == right_end) * 1 - (left_byte == left_end) * 1
