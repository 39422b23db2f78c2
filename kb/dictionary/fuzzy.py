"""Words that match a wildcard pattern or lie within an edit distance: loops over the bytes of a word list."""

from __future__ import annotations

import numpy as np

from kb.compiled import Int64s, Uint8s, compiled, inner
from kb.dictionary.word_ranges import WordList, utf8
from kb.text.characters import points_of

_STAR, _QUESTION_MARK = ord("*"), ord("?")


def matching(words: WordList, pattern: str) -> np.ndarray:
    """Mask of the words that match a pattern: bool, shape (n,).

    A `*` stands for any code points, also for none, and a `?` for exactly one.
    """
    return _matching(words.letters, words.bounds, np.frombuffer(utf8(pattern), dtype=np.uint8))


def edit_distances(words: WordList, word: str, most: int) -> np.ndarray:
    """Edit distance of each word in a list from `word`, `most + 1` for any greater distance: int64, shape (n,).

    The distance is optimal string alignment, the restricted Damerau-Levenshtein distance: an edit inserts, deletes or
    replaces a code point or swaps two neighbours, and no code point is edited twice.
    """
    return _edit_distances(words.letters, words.bounds, points_of(word).astype(np.int64), most)


@compiled
def _matching(letters: Uint8s, bounds: Int64s, pattern: Uint8s) -> np.ndarray:
    mask = np.empty(len(bounds) - 1, np.bool_)
    for word in range(len(mask)):
        mask[word] = _matches(letters, bounds[word], bounds[word + 1], pattern)
    return mask


@inner
def _matches(letters: np.ndarray, begin: int, end: int, pattern: np.ndarray) -> bool:
    """Whether the word `letters[begin:end]` matches, by backtracking to the last star alone.

    Source: Krauss 2008, "Matching Wildcards: An Algorithm", Dr. Dobb's Journal.
    """
    part, star, resumed = 0, -1, 0
    # Invariant: pattern[:part] matches the bytes before `begin`; the last star, if any, ends before `resumed`.
    while begin < end:
        if part < len(pattern) and pattern[part] == _STAR:
            # A star stands for nothing at first, and for one code point more whenever the rest does not match.
            star, resumed = part, begin
            part += 1
        elif part < len(pattern) and pattern[part] == _QUESTION_MARK:
            begin = _next_code_point(letters, begin, end)
            part += 1
        elif part < len(pattern) and pattern[part] == letters[begin]:
            begin += 1
            part += 1
        elif star >= 0:
            resumed = _next_code_point(letters, resumed, end)
            part, begin = star + 1, resumed
        else:
            return False
    while part < len(pattern) and pattern[part] == _STAR:
        part += 1
    return part == len(pattern)


@inner
def _next_code_point(letters: np.ndarray, begin: int, end: int) -> int:
    """Index of the next code point in UTF-8: continuation bytes are 10xxxxxx."""
    begin += 1
    while begin < end and letters[begin] & 0xC0 == 0x80:
        begin += 1
    return begin


@compiled
def _edit_distances(letters: Uint8s, bounds: Int64s, word: Int64s, most: int) -> np.ndarray:
    distances = np.empty(len(bounds) - 1, np.int64)
    rows = np.empty((3, len(word) + 1), np.int64)
    candidate = np.empty(len(word) + most + 1, np.int64)
    for i in range(len(distances)):
        length = _decode(letters, bounds[i], bounds[i + 1], candidate)
        distances[i] = most + 1
        # The distance is at least the difference in length; a full `candidate` is too long.
        if len(word) - most <= length < len(candidate):
            distances[i] = _edit_distance(candidate[:length], word, most, rows)
    return distances


@inner
def _decode(letters: np.ndarray, begin: int, end: int, code_points: np.ndarray) -> int:
    """Decode `letters[begin:end]` from UTF-8 into `code_points` (int64) until full; returns the length written."""
    length = 0
    # Invariant: code_points[:length] are the code points before `begin`.
    while begin < end and length < len(code_points):
        next_begin = _next_code_point(letters, begin, end)
        # The first of n > 1 bytes is n one bits, a zero and the highest bits of the code point.
        code = np.int64(letters[begin])
        if next_begin - begin > 1:
            code &= 0x7F >> (next_begin - begin)
        for byte in range(begin + 1, next_begin):
            code = code << 6 | np.int64(letters[byte]) & 0x3F
        code_points[length] = code
        length += 1
        begin = next_begin
    return length


@inner
def _edit_distance(candidate: np.ndarray, word: np.ndarray, most: int, rows: np.ndarray) -> int:
    """Optimal string alignment distance, at most `most + 1`, by dynamic programming.

    `candidate` and `word` are code points (int64); `rows` is scratch space, int64, shape (3, len(word) + 1).

    Sources: Wagner and Fischer 1974, "The String-to-String Correction Problem", for the table; Damerau 1964, "A
    Technique for Computer Detection and Correction of Spelling Errors", for swaps.
    """
    for j in range(len(word) + 1):
        rows[0, j] = j
    lowest_before = 0
    for i in range(1, len(candidate) + 1):
        # Invariant: rows[i % 3, j] is the distance of candidate[:i] from word[:j], of the last three rows.
        row, before, earlier = rows[i % 3], rows[(i - 1) % 3], rows[(i - 2) % 3]
        row[0] = lowest = i
        for j in range(1, len(word) + 1):
            same = candidate[i - 1] == word[j - 1]
            edits = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (0 if same else 1))
            if i > 1 and j > 1 and candidate[i - 1] == word[j - 2] and candidate[i - 2] == word[j - 1]:
                edits = min(edits, earlier[j - 2] + 1)
            row[j] = edits
            lowest = min(lowest, edits)
        # Later rows are no lower than the lower of two rows in succession: a swap looks two rows back.
        if lowest > most and lowest_before > most:
            return most + 1
        lowest_before = lowest
    return min(rows[len(candidate) % 3, len(word)], most + 1)
