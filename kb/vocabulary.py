"""Many texts to numbered tokens at once: the rules of `analysis.py` by array arithmetic, some eight times as fast.

The texts are laid end to end. A run is a stretch of letters and digits, and nearly every run is a token; the exceptions
lie at the few digits, dots, commas and apostrophes: letters after the leading digits of a run are a token of their own
(`5mg`), and two runs are one token around the mark in `2.5` and `o'clock`. Texts in which the rules meet (`o'c1`), and
scripts whose letters take marks, are left to the regular expression of `analysis.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from string import ascii_letters, digits
from typing import NamedTuple

import numpy as np
import regex

from kb.analysis import LONGEST_WORD, fold, spans
from kb.wordtable import LONGEST_KEY, PADDING, WordTable, keys_of

_JOINT, _FOREIGN_DIGIT, _FIRST_LETTER, _FOREIGN_LETTER = 1, 2, 64, 128
# Codes of characters: ASCII letters and digits are their own in lower case; below _JOINT is what is in no token, from
# _FIRST_LETTER on are letters, and between the two digits.
_APOSTROPHES = "'’"
_NUMBER_MARKS = ".,"
_OUTSIDE = regex.compile(r"[\p{M}\p{Han}\p{Hiragana}\p{Katakana}\u200c\u200d\uff9e\uff9f\U00010000-\U0010ffff]")
_NUMBER_INSIDE = regex.compile(r"\p{N}")
_LETTERS, _DIGITS = regex.compile(r"[\p{L}\p{N}]+"), regex.compile(r"\p{Nd}+")


class Numbered(NamedTuple):
    """The tokens of several texts by the numbers of their words.

    numbers int32 (t,); starts uint32 (t,), each within its own text; lengths uint16 (t,); counts int64 (texts,).
    """

    numbers: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    counts: np.ndarray


class Vocabulary:
    """Numbers the words of texts in the order in which they are first met: `words[number]`."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._numbers = _Surfaces(self.words)
        self._table = WordTable()

    def number(self, texts: Sequence[str]) -> Numbered:
        """The tokens of each text in reading order, as `Analyzer.tokens` finds them."""
        regular = [text.isascii() or not _OUTSIDE.search(text) for text in texts]
        bulk = self._bulk([text if fits else "" for text, fits in zip(texts, regular, strict=True)])
        slow = {i for i, fits in enumerate(regular) if not fits} | bulk.irregular
        if not slow:
            return bulk.numbered
        return self._with_slow(texts, bulk.numbered, slow)

    def _bulk(self, texts: Sequence[str]) -> _Bulk:
        joined = "\n".join(texts)
        codes = _codes(joined)
        starts, ends = _runs(codes)
        numbers = self._numbers_of_runs(joined, codes, starts, ends)
        begins = np.concatenate([[0], np.cumsum([len(text) + 1 for text in texts])])
        joins, knots = _joins(joined, codes, starts, ends)
        starts, ends, numbers = self._apply_joins(joined, starts, ends, numbers, joins)
        starts, ends, numbers = self._apply_cuts(joined, codes, starts, ends, numbers)
        lengths = ends - starts
        knots += starts[lengths > LONGEST_WORD].tolist()
        irregular = set((np.searchsorted(begins, knots, side="right") - 1).tolist())
        kept = numbers >= 0
        if not kept.all():
            starts, lengths, numbers = starts[kept], lengths[kept], numbers[kept]
        bounds = np.searchsorted(starts, begins)
        counts = np.diff(bounds)
        offsets = np.repeat(begins[:-1], counts)
        return _Bulk(
            Numbered(numbers, (starts - offsets).astype(np.uint32), lengths.astype(np.uint16), counts), irregular
        )

    def _numbers_of_runs(self, text: str, codes: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """The number of the word of each run: of short ones in ASCII by the table, of others one by one."""
        lengths = ends - starts
        short = lengths <= LONGEST_KEY
        if not text.isascii():
            foreign = np.flatnonzero((codes == _FOREIGN_LETTER) | (codes == _FOREIGN_DIGIT)) - 1
            short[np.searchsorted(starts, foreign, side="right") - 1] = False
        numbers = np.empty(len(starts), dtype=np.int32)
        at, till = starts[short], ends[short]
        numbers[short] = self._table.numbers(
            keys_of(codes, at + 1, till - at), lambda new: self._numbers_of_stretches(text, at[new], till[new])
        )
        others = np.flatnonzero(~short)
        numbers[others] = self._numbers_of_stretches(text, starts[others], ends[others])
        return numbers

    def _numbers_of_stretches(self, text: str, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        return self._numbers_of([text[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)])

    def _numbers_of(self, surfaces: Sequence[str]) -> np.ndarray:
        return np.fromiter(map(self._numbers.__getitem__, surfaces), dtype=np.int32, count=len(surfaces))

    def _apply_joins(
        self, text: str, starts: np.ndarray, ends: np.ndarray, numbers: np.ndarray, joins: list[int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The runs with each of `joins` made one with the next; the number is that of the whole."""
        if not joins:
            return starts, ends, numbers
        after = np.array(joins) + 1
        starts, ends = np.delete(starts, after), np.delete(ends, joins)
        numbers = np.delete(numbers, after)
        changed = np.unique(np.array(joins) - np.arange(len(joins)))
        numbers[changed] = self._numbers_of([text[starts[i] : ends[i]] for i in changed.tolist()])
        return starts, ends, numbers

    def _apply_cuts(
        self, text: str, codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, numbers: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The tokens with the letters behind the digits that one begins with as a token of their own."""
        places = np.flatnonzero(_are_digits(codes))
        places = places[codes[places + 1] >= _FIRST_LETTER]
        owners = np.searchsorted(starts, places, side="right") - 1
        cuts = [
            (owner, place)
            for owner, place in zip(owners.tolist(), places.tolist(), strict=True)
            if _is_number(text[starts[owner] : place])
        ]
        if not cuts:
            return starts, ends, numbers
        at, where = np.array([owner for owner, _ in cuts]), np.array([place for _, place in cuts])
        letters = self._numbers_of([text[place : ends[owner]] for owner, place in cuts])
        numbers[at] = self._numbers_of([text[starts[owner] : place] for owner, place in cuts])
        return np.insert(starts, at + 1, where), np.insert(ends, at, where), np.insert(numbers, at + 1, letters)

    def _with_slow(self, texts: Sequence[str], bulk: Numbered, slow: set[int]) -> Numbered:
        """The tokens of all texts, those of the slow ones by the regular expression."""
        bounds = np.concatenate([[0], np.cumsum(bulk.counts)])
        parts = []
        for i, text in enumerate(texts):
            if i in slow:
                parts.append(self._one(text))
            else:
                here = slice(bounds[i], bounds[i + 1])
                parts.append((bulk.numbers[here], bulk.starts[here], bulk.lengths[here]))
        numbers, starts, lengths = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Numbered(numbers, starts, lengths, np.array([len(part[0]) for part in parts], dtype=np.int64))

    def _one(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        starts, ends = spans(text)
        numbers = self._numbers_of([text[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)])
        kept = numbers >= 0
        return numbers[kept], starts[kept], (ends - starts).astype(np.uint16)[kept]


class _Bulk(NamedTuple):
    numbered: Numbered
    irregular: set[int]


class _Surfaces(dict[str, int]):
    """The number of the word that a stretch of text stands for; -1 where it stands for none."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words
        self._folded: dict[str, int] = {"": -1}

    def __missing__(self, surface: str) -> int:
        word = fold(surface)
        number = self._folded.setdefault(word, len(self._words))
        if number == len(self._words):
            self._words.append(word)
        self[surface] = number
        return number


@cache
def _code_table() -> np.ndarray:
    """The code of each code point of the basic plane: uint8, shape (65536,)."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    plane = "".join(map(chr, range(1 << 16)))
    # By the expressions of `regex`, whose Unicode is newer than that of `unicodedata`.
    for code, runs in ((_FOREIGN_LETTER, _LETTERS), (_FOREIGN_DIGIT, _DIGITS)):
        for run in runs.finditer(plane):
            table[slice(*run.span())] = code
    for character in ascii_letters + digits:
        table[ord(character)] = ord(character.lower())
    table[[ord(mark) for mark in _APOSTROPHES + _NUMBER_MARKS]] = _JOINT
    return table


@cache
def _ascii_table() -> bytes:
    return _code_table()[:256].tobytes()


def _codes(text: str) -> np.ndarray:
    """The code of each character, with one of nothing before the first and PADDING after the last: uint8."""
    if text.isascii():
        return np.frombuffer(b"\0%b%b" % (text.encode().translate(_ascii_table()), bytes(PADDING)), dtype=np.uint8)
    points = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    codes = np.zeros(1 + len(points) + PADDING, dtype=np.uint8)
    np.take(_code_table(), points, out=codes[1 : 1 + len(points)])
    return codes


def _runs(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = codes > _JOINT
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return edges[::2], edges[1::2]


def _are_digits(codes: np.ndarray) -> np.ndarray:
    return codes - np.uint8(_FOREIGN_DIGIT) < _FIRST_LETTER - _FOREIGN_DIGIT  # below _FOREIGN_DIGIT it wraps around


def _joins(text: str, codes: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[list[int], list[int]]:
    """Which runs are one token with the next, and where the rules meet in a way that is left to the expression."""
    marks = np.flatnonzero(codes == _JOINT)
    joints = marks[(codes[marks - 1] > _JOINT) & (codes[marks + 1] > _JOINT)] - 1
    before = np.searchsorted(ends, joints)
    joins: list[int] = []
    knots: list[int] = []
    for run, joint in zip(before.tolist(), joints.tolist(), strict=True):
        left, right = text[starts[run] : joint], text[starts[run + 1] : ends[run + 1]]
        number = left.isdecimal()
        if text[joint] in _NUMBER_MARKS:
            if number and codes[joint + 2] < _FIRST_LETTER:
                joins.append(run)
        elif not number and codes[joint + 2] >= _FIRST_LETTER:
            if _NUMBER_INSIDE.search(right):
                knots.append(joint)
            joins.append(run)
    return joins, knots


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").isdecimal()
