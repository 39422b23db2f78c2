"""Many texts to numbered tokens at once: the rules of `analysis.py` as compiled loops, some ten times as fast.

The texts are laid end to end. One loop finds the tokens, by the classes of characters of which the expression of
`analysis.py` is made; another one numbers the stretches of text that they are. What word a stretch stands for is asked
once for each that is new. Texts with a token so long that it is cut are left to the expression.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from kb.compiled import Int64s, Uint16s, Uint32s, compiled, inner
from kb.text import tokens as analysis
from kb.text.characters import CharacterClasses, lay
from kb.text.interning import StringInterner
from kb.text.tokens import LONGEST_WORD, fold, spans

_CLASSES = (
    analysis.DIGIT,
    analysis.NUMBER_MARK,
    analysis.IDEOGRAPH,
    analysis.MARK,
    analysis.FIRST_OF_WORD,
    analysis.REST_OF_WORD,
    analysis.APOSTROPHE,
    analysis.AFTER_APOSTROPHE,
)
_DIGIT, _NUMBER_MARK, _IDEOGRAPH, _MARK, _FIRST, _REST, _APOSTROPHE, _AFTER_APOSTROPHE = (
    1 << number for number in range(len(_CLASSES))
)

_POINTS_AT_ONCE = 1 << 17
# With what is made of them they fit into the cache of a core.


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
        self._numbers: dict[str, int] = {"": -1}
        self._surfaces = StringInterner()
        self._word_of_surface = array("i")

    def number(self, texts: Sequence[str]) -> Numbered:
        """The tokens of each text in reading order, as `Analyzer.tokens` finds them."""
        parts = [self._laid(some) for some in in_groups(texts)]
        if len(parts) == 1:
            return parts[0]
        return Numbered(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _laid(self, texts: Sequence[str]) -> Numbered:
        points, begins = lay(texts)
        starts, lengths, counts, cut = _tokens(points, begins, _character_classes().bits(points), LONGEST_WORD)
        numbers = self._numbers_of(points, starts, lengths)
        starts = (starts - np.repeat(begins[:-1], counts)).astype(np.uint32)
        kept = numbers >= 0
        if not kept.all():
            owners = np.repeat(np.arange(len(texts)), counts)[kept]
            numbers, starts, lengths = numbers[kept], starts[kept], lengths[kept]
            counts = np.bincount(owners, minlength=len(texts))
        found = Numbered(numbers, starts, lengths, counts)
        return self._with_cut(texts, found, cut) if cut.any() else found

    def _numbers_of(self, points: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The number of the word of each stretch, -1 where it stands for none: int32."""
        first = len(self._surfaces)
        surfaces = self._surfaces.numbers(points, starts, lengths)
        self._word_of_surface.extend(map(self._number_of, self._surfaces.surfaces(first)))
        if not len(surfaces):
            return surfaces
        return np.frombuffer(self._word_of_surface, dtype=np.int32)[surfaces]

    def _number_of(self, surface: str) -> int:
        word = fold(surface)
        number = self._numbers.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        return number

    def _with_cut(self, texts: Sequence[str], found: Numbered, cut: np.ndarray) -> Numbered:
        """The tokens of all texts, those of the ones where tokens are cut by the regular expression."""
        bounds = np.concatenate([[0], np.cumsum(found.counts)])
        parts = []
        for i, text in enumerate(texts):
            if cut[i]:
                parts.append(self._one(text))
            else:
                here = slice(bounds[i], bounds[i + 1])
                parts.append((found.numbers[here], found.starts[here], found.lengths[here]))
        numbers, starts, lengths = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Numbered(numbers, starts, lengths, np.array([len(part[0]) for part in parts], dtype=np.int64))

    def _one(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        starts, ends = spans(text)
        surfaces = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        numbers = np.array([self._number_of(surface) for surface in surfaces], dtype=np.int32)
        kept = numbers >= 0
        return numbers[kept], starts[kept], (ends - starts).astype(np.uint16)[kept]


def in_groups(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts, so many at once as one does well to lay end to end; one group at least."""
    begin = size = 0
    for end, text in enumerate(texts):
        if size and size + len(text) > _POINTS_AT_ONCE:
            yield texts[begin:end]
            begin, size = end, 0
        size += len(text)
    yield texts[begin:]


@cache
def _character_classes() -> CharacterClasses:
    return CharacterClasses(_CLASSES)


@compiled
def _tokens(
    points: Uint32s, begins: Int64s, bits: Uint16s, longest: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where each token begins in `points` and how long it is; how many each text has, and whether one is too long."""
    starts = np.empty(len(points), dtype=np.uint32)
    lengths = np.empty(len(points), dtype=np.uint16)
    counts = np.empty(len(begins) - 1, dtype=np.int64)
    cut = np.zeros(len(begins) - 1, dtype=np.bool_)
    found = 0
    for text in range(len(begins) - 1):
        before = found
        place, end = begins[text], begins[text + 1] - 1
        while place < end:
            if not bits[points[place]] & (_DIGIT | _IDEOGRAPH | _FIRST):
                place += 1
                continue
            start, place = place, _token_end(points, bits, place)
            cut[text] |= place - start > longest
            starts[found] = start
            lengths[found] = min(place - start, 65535)
            found += 1
        counts[text] = found - before
    return starts[:found].copy(), lengths[:found].copy(), counts, cut


@inner
def _token_end(points: np.ndarray, bits: np.ndarray, place: int) -> int:
    """Where the token ends that begins at a place; none goes beyond its text, for a zero is in no class."""
    kind = bits[points[place]]
    place += 1
    if kind & _DIGIT:
        while bits[points[place]] & _DIGIT or (bits[points[place]] & _NUMBER_MARK and bits[points[place + 1]] & _DIGIT):
            place += 1
    if kind & (_DIGIT | _IDEOGRAPH):
        while bits[points[place]] & _MARK:
            place += 1
        return place
    while bits[points[place]] & _REST:
        place += 1
    while bits[points[place]] & _APOSTROPHE and bits[points[place + 1]] & _AFTER_APOSTROPHE:
        place += 2
        while bits[points[place]] & _AFTER_APOSTROPHE:
            place += 1
    return place
