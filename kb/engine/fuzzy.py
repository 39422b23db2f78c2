"""Which words of a list are spelled by a pattern, or almost like another word: loops over their bytes."""

from __future__ import annotations

import numpy as np

from kb.compiled import Int64s, Uint8s, compiled, inner
from kb.engine.word_ranges import WordList, encoded

_ANY, _ONE = ord("*"), ord("?")


def fitting(words: WordList, pattern: str) -> np.ndarray:
    """Which of the words fit a pattern of letters, `*` and `?`: bool, shape (n,)."""
    return _fitting(words.letters, words.bounds, np.array(list(encoded(pattern)), dtype=np.uint8))


def distances(words: WordList, word: str, most: int) -> np.ndarray:
    """How many edits each of the words is from one, `most + 1` if it is more than `most`: int64, shape (n,).

    An edit inserts, deletes or replaces a code point or swaps two neighbours, and none is edited twice (optimal string
    alignment).
    """
    return _distances(words.letters, words.bounds, np.array([ord(letter) for letter in word], dtype=np.int64), most)


@compiled
def _fitting(letters: Uint8s, bounds: Int64s, pattern: Uint8s) -> np.ndarray:
    found = np.empty(len(bounds) - 1, np.bool_)
    for word in range(len(found)):
        found[word] = _fits(letters, bounds[word], bounds[word + 1], pattern)
    return found


@inner
def _fits(letters: np.ndarray, place: int, end: int, pattern: np.ndarray) -> bool:
    part, star, resumed = 0, -1, 0
    while place < end:
        if part < len(pattern) and pattern[part] == _ANY:
            # It stands for nothing at first, and for one code point more whenever the rest does not fit.
            star, resumed = part, place
            part += 1
        elif part < len(pattern) and pattern[part] == _ONE:
            place = _next(letters, place, end)
            part += 1
        elif part < len(pattern) and pattern[part] == letters[place]:
            place += 1
            part += 1
        elif star >= 0:
            resumed = _next(letters, resumed, end)
            part, place = star + 1, resumed
        else:
            return False
    while part < len(pattern) and pattern[part] == _ANY:
        part += 1
    return part == len(pattern)


@inner
def _next(letters: np.ndarray, place: int, end: int) -> int:
    """Where the code point after the one at `place` begins: bytes that continue one are 10xxxxxx."""
    place += 1
    while place < end and letters[place] & 0xC0 == 0x80:
        place += 1
    return place


@compiled
def _distances(letters: Uint8s, bounds: Int64s, word: Int64s, most: int) -> np.ndarray:
    found = np.empty(len(bounds) - 1, np.int64)
    # Row i of the textbook's table, of which three are needed: the edits from i letters of the candidate to the word's.
    rows = np.empty((3, len(word) + 1), np.int64)
    candidate = np.empty(len(word) + most + 1, np.int64)
    for number in range(len(found)):
        length = _decoded(letters, bounds[number], bounds[number + 1], candidate)
        found[number] = most + 1
        if len(word) - most <= length < len(candidate):
            found[number] = _distance(candidate[:length], word, most, rows)
    return found


@inner
def _decoded(letters: np.ndarray, place: int, end: int, made: np.ndarray) -> int:
    """The number of code points, which are put into `made`; its length if there are more."""
    length = 0
    while place < end and length < len(made):
        beyond = _next(letters, place, end)
        # The first byte has its letter's highest bits after as many ones as there are bytes, and a zero.
        code = np.int64(letters[place])
        if beyond - place > 1:
            code &= 0x7F >> (beyond - place)
        for continued in range(place + 1, beyond):
            code = code << 6 | np.int64(letters[continued]) & 0x3F
        made[length] = code
        length += 1
        place = beyond
    return length


@inner
def _distance(candidate: np.ndarray, word: np.ndarray, most: int, rows: np.ndarray) -> int:
    for j in range(len(word) + 1):
        rows[0, j] = j
    lowest_before = 0
    for i in range(1, len(candidate) + 1):
        row, before, earlier = rows[i % 3], rows[(i - 1) % 3], rows[(i - 2) % 3]
        row[0] = lowest = i
        for j in range(1, len(word) + 1):
            same = candidate[i - 1] == word[j - 1]
            edits = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (0 if same else 1))
            if i > 1 and j > 1 and candidate[i - 1] == word[j - 2] and candidate[i - 2] == word[j - 1]:
                edits = min(edits, earlier[j - 2] + 1)
            row[j] = edits
            lowest = min(lowest, edits)
        # A swap looks two rows back.
        if lowest > most and lowest_before > most:
            return most + 1
        lowest_before = lowest
    return min(rows[len(candidate) % 3, len(word)], most + 1)
