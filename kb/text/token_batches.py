"""Tokenizer for many texts: the rules of `tokens.py` as compiled loops, some ten times as fast.

Texts are concatenated. A loop splits all texts into tokens by the character classes of the regular expression of
`tokens.py`; a second loop interns the surface forms. Each distinct form is folded to a word once. A text with an
overlong token, to be split at graphemes, is left to the expression.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from kb.compiled import Int64s, Uint16s, Uint32s, compiled, inner
from kb.text import tokens as rules
from kb.text.characters import CharacterClasses, concatenated
from kb.text.interning import StringInterner
from kb.text.tokens import LONGEST_WORD, fold, token_offsets

_CLASSES = (
    rules.DIGIT,
    rules.SEPARATOR,
    rules.IDEOGRAPH,
    rules.MARK,
    rules.FIRST_OF_WORD,
    rules.REST_OF_WORD,
    rules.APOSTROPHE,
    rules.AFTER_APOSTROPHE,
)
_DIGIT, _SEPARATOR, _IDEOGRAPH, _MARK, _FIRST, _REST, _APOSTROPHE, _AFTER_APOSTROPHE = (
    1 << bit for bit in range(len(_CLASSES))
)

_BATCH_POINTS = 1 << 17
"""Code points of a batch: together with the arrays made from it, a batch fits into the cache of a core."""


class TokenBatch(NamedTuple):
    """The tokens of several texts, text by text in reading order.

    word_ids  int32 (t,)      indexes in `BatchTokenizer.words`
    starts    uint32 (t,)     offset of each token in the text
    lengths   uint16 (t,)     code points
    counts    int64 (texts,)  tokens of each text
    """

    word_ids: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    counts: np.ndarray


class BatchTokenizer:
    """Tokenizer with a growing list of distinct words, in order of first occurrence; word ids are indexes in it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._word_ids: dict[str, int] = {"": -1}
        self._forms = StringInterner()
        self._word_id_of_form = array("i")

    def tokenize(self, texts: Sequence[str]) -> TokenBatch:
        """The tokens of each text, equal to those of `Analyzer.tokens`."""
        parts = [self._tokenize_batch(batch) for batch in in_batches(texts)]
        if len(parts) == 1:
            return parts[0]
        return TokenBatch(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _tokenize_batch(self, texts: Sequence[str]) -> TokenBatch:
        points, begins = concatenated(texts)
        starts, lengths, counts, overlong = _split(points, begins, _character_classes().bits(points), LONGEST_WORD)
        word_ids = self._word_ids_of(points, starts, lengths)
        starts = (starts - np.repeat(begins[:-1], counts)).astype(np.uint32)
        is_word = word_ids >= 0
        if not is_word.all():
            owners = np.repeat(np.arange(len(texts)), counts)[is_word]
            word_ids, starts, lengths = word_ids[is_word], starts[is_word], lengths[is_word]
            counts = np.bincount(owners, minlength=len(texts))
        batch = TokenBatch(word_ids, starts, lengths, counts)
        return self._split_again(texts, batch, overlong) if overlong.any() else batch

    def _word_ids_of(self, points: np.ndarray, begins: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Word ids of the surface forms `points[begins[i]:begins[i] + lengths[i]]`, -1 without a word: int32, (n,)."""
        first = len(self._forms)
        forms = self._forms.ids(points, begins, lengths)
        self._word_id_of_form.extend(map(self._word_id, self._forms.strings(first)))
        if not len(forms):
            return forms
        return np.frombuffer(self._word_id_of_form, dtype=np.int32)[forms]

    def _word_id(self, form: str) -> int:
        """Word id of a surface form, -1 for a form without a word; a new word is appended to `words`."""
        word = fold(form)
        word_id = self._word_ids.setdefault(word, len(self.words))
        if word_id == len(self.words):
            self.words.append(word)
        return word_id

    def _split_again(self, texts: Sequence[str], batch: TokenBatch, overlong: np.ndarray) -> TokenBatch:
        """The batch, with each text that has an overlong token (bool, shape (texts,)) split by the expression."""
        bounds = np.concatenate([[0], np.cumsum(batch.counts)])
        parts = []
        for i, text in enumerate(texts):
            if overlong[i]:
                parts.append(self._split_by_expression(text))
            else:
                own = slice(bounds[i], bounds[i + 1])
                parts.append((batch.word_ids[own], batch.starts[own], batch.lengths[own]))
        word_ids, starts, lengths = (np.concatenate(column) for column in zip(*parts, strict=True))
        return TokenBatch(word_ids, starts, lengths, np.array([len(part[0]) for part in parts], dtype=np.int64))

    def _split_by_expression(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Word ids, starts and lengths of the tokens of one text."""
        starts, ends = token_offsets(text)
        forms = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        word_ids = np.array([self._word_id(form) for form in forms], dtype=np.int32)
        is_word = word_ids >= 0
        return word_ids[is_word], starts[is_word], (ends - starts).astype(np.uint16)[is_word]


def in_batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in batches of at most `_BATCH_POINTS` code points or of a single text; at least one batch."""
    begin = size = 0
    for end, text in enumerate(texts):
        if size and size + len(text) > _BATCH_POINTS:
            yield texts[begin:end]
            begin, size = end, 0
        size += len(text)
    yield texts[begin:]


@cache
def _character_classes() -> CharacterClasses:
    return CharacterClasses(_CLASSES)


@compiled(unchecked="indexes texts in memory and arrays made for them")
def _split(
    points: Uint32s, begins: Int64s, bits: Uint16s, longest: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Split concatenated texts into tokens.

    Returns, for each token, the index in `points` (uint32) and the length, 65535 at most (uint16); for each text, the
    number of tokens (int64) and whether any token is longer than `longest` (bool).
    """
    starts = np.empty(len(points), dtype=np.uint32)
    lengths = np.empty(len(points), dtype=np.uint16)
    counts = np.empty(len(begins) - 1, dtype=np.int64)
    overlong = np.zeros(len(begins) - 1, dtype=np.bool_)
    count = 0
    # Invariant: the tokens of the texts before `text` are written, `count` of them.
    for text in range(len(begins) - 1):
        before = count
        i, end = begins[text], begins[text + 1] - 1
        # Invariant: the tokens that begin before `i` are written, and no token reaches beyond `i`.
        while i < end:
            if not bits[points[i]] & (_DIGIT | _IDEOGRAPH | _FIRST):
                i += 1
                continue
            start, i = i, _token_end(points, bits, i)
            overlong[text] |= i - start > longest
            starts[count] = start
            lengths[count] = min(i - start, 65535)
            count += 1
        counts[text] = count - before
    return starts[:count].copy(), lengths[:count].copy(), counts, overlong


@inner
def _token_end(points: np.ndarray, bits: np.ndarray, i: int) -> int:
    """Index behind the token that begins at index `i`; the zero behind a text is in no class and ends every token."""
    classes = bits[points[i]]
    i += 1
    if classes & _DIGIT:
        while bits[points[i]] & _DIGIT or (bits[points[i]] & _SEPARATOR and bits[points[i + 1]] & _DIGIT):
            i += 1
    if classes & (_DIGIT | _IDEOGRAPH):
        while bits[points[i]] & _MARK:
            i += 1
        return i
    while bits[points[i]] & _REST:
        i += 1
    while bits[points[i]] & _APOSTROPHE and bits[points[i + 1]] & _AFTER_APOSTROPHE:
        i += 2
        while bits[points[i]] & _AFTER_APOSTROPHE:
            i += 1
    return i
