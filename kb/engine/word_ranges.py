"""Sorted words as bytes: found, joined and counted without a Python string for each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Uint8s, compiled, inner


class WordList(NamedTuple):
    """Words, ascending, as UTF-8 laid end to end, and of each a frequency: uint8; int64 (n + 1,); int32 (n,)."""

    letters: np.ndarray
    bounds: np.ndarray
    counts: np.ndarray

    def word(self, number: int) -> str:
        """One of the words."""
        return self.letters[self.bounds[number] : self.bounds[number + 1]].tobytes().decode("utf-8", "surrogatepass")

    def joined(self, other: WordList) -> WordList:
        """The words of both lists, each once, with the sums of their frequencies."""
        return WordList(*_joined(*self, *other))


def encoded(text: str) -> bytes:
    """A string as words are stored."""
    return text.encode("utf-8", "surrogatepass")


def range_of(prefix: bytes, letters: memoryview, bounds: memoryview) -> range:
    """The numbers of the strings that begin so, of ascending strings laid end to end."""
    every, length = range(len(bounds) - 1), len(prefix)
    first = bisect_left(every, prefix, key=lambda n: bytes(letters[bounds[n] : bounds[n + 1]]))
    beyond = bisect_right(every, prefix, lo=first, key=lambda n: bytes(letters[bounds[n] : bounds[n + 1]][:length]))
    return range(first, beyond)


def smallest(ranks: np.ndarray, wanted: int) -> list[int]:
    """The places of the `wanted` smallest ranks in their order, of equal ones the first."""
    chosen = np.arange(len(ranks))
    if 0 < wanted < len(ranks):
        (chosen,) = (ranks <= np.partition(ranks, wanted - 1)[wanted - 1]).nonzero()
    found: list[int] = chosen[ranks[chosen].argsort(kind="stable")[: max(0, wanted)]].tolist()
    return found


@compiled
def without_articles(counts: Int32s, gone: Int32s, tokens: Int32s, bounds: Int64s) -> np.ndarray:
    """In how many articles each word stands, those that are gone left out: int32, shape (w,).

    `counts` are those of all articles, of which article `i` has the words `tokens[bounds[i]:bounds[i + 1]]`.
    """
    left = counts.copy()
    last = np.full(len(counts), -1, np.int32)
    for article in gone:
        for token in range(bounds[article], bounds[article + 1]):
            word = tokens[token]
            if last[word] != article:
                last[word] = article
                left[word] -= 1
    return left


@compiled
def _joined(
    letters: Uint8s,
    bounds: Int64s,
    counts: Int32s,
    others: Uint8s,
    other_bounds: Int64s,
    other_counts: Int32s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    made = np.empty(len(letters) + len(others), np.uint8)
    made_bounds = np.zeros(len(counts) + len(other_counts) + 1, np.int64)
    made_counts = np.zeros(len(counts) + len(other_counts), np.int32)
    i = j = n = end = 0
    while i < len(counts) or j < len(other_counts):
        order = 1 if i == len(counts) else -1
        if i < len(counts) and j < len(other_counts):
            order = _compared(letters, bounds[i], bounds[i + 1], others, other_bounds[j], other_bounds[j + 1])
        source, begin, stop = (
            (letters, bounds[i], bounds[i + 1]) if order <= 0 else (others, other_bounds[j], other_bounds[j + 1])
        )
        for place in range(begin, stop):
            made[end] = source[place]
            end += 1
        if order <= 0:
            made_counts[n] += counts[i]
            i += 1
        if order >= 0:
            made_counts[n] += other_counts[j]
            j += 1
        n += 1
        made_bounds[n] = end
    return made[:end].copy(), made_bounds[: n + 1].copy(), made_counts[:n].copy()


@inner
def _compared(ours: np.ndarray, begin: int, end: int, theirs: np.ndarray, other: int, other_end: int) -> int:
    """Below 0 if the first string comes first, above 0 if the second does, 0 if they are the same."""
    while begin < end and other < other_end:
        if ours[begin] != theirs[other]:
            return -1 if ours[begin] < theirs[other] else 1
        begin += 1
        other += 1
    return (other == other_end) * 1 - (begin == end) * 1
