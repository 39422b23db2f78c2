"""Text to tokens: the one definition shared by indexing, queries and snippets.

A *token* is a part of a text (`start`, `end`: code points, half-open) with its *word*: the surface form in NFKC, case
folded, without accents, apostrophes and the possessive s. Ranking compares the *stems* of words.

A token is one of:

* a numeral with its decimal or thousands separators (`2.5`, `2,000`; the word has no thousands commas);
* a sequence of letters, digits and combining marks, not beginning with a digit (`B12`, `Ménière's`);
  digits followed by letters are two tokens: `5mg` and `5 mg` have the same words;
* a single ideograph or kana: a phrase finds any part of a Chinese or Japanese text.

A token longer than `LONGEST_WORD` is split at grapheme boundaries: every token fits into a snippet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import regex
import Stemmer

LONGEST_WORD = 48
"""Code points of the longest token; the shortest snippet is 60."""

ANALYSIS_VERSION = 1
"""Part of the fingerprint of an index; raise it with any change of the results of `Analyzer`."""

_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_MARKS = r"\p{M}\u200c\u200d\uff9e\uff9f"
DIGIT = r"\p{Nd}"
SEPARATOR = r"[.,]"
IDEOGRAPH = rf"[{_IDEOGRAPHS}]"
MARK = rf"[{_MARKS}]"
FIRST_OF_WORD = rf"[\p{{L}}\p{{N}}--[{_IDEOGRAPHS}]]"
REST_OF_WORD = rf"[\p{{L}}\p{{N}}{_MARKS}--[{_IDEOGRAPHS}]]"
APOSTROPHE = r"['’]"
AFTER_APOSTROPHE = r"[\p{L}\p{M}]"
"""Character classes of `_TOKEN`, shared with the loops of `token_batches.py`."""

_TOKEN = regex.compile(
    rf"{DIGIT}+(?:{SEPARATOR}{DIGIT}+)*{MARK}*"
    rf"|{IDEOGRAPH}{MARK}*"
    rf"|{FIRST_OF_WORD}{REST_OF_WORD}*(?:{APOSTROPHE}{AFTER_APOSTROPHE}+)*",
    regex.V1,
)
_GRAPHEME = regex.compile(r"\X")
_POSSESSIVE = regex.compile(r"['’]s$")
_APOSTROPHES = regex.compile(APOSTROPHE)
_THOUSANDS = regex.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")

STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do does doing
    for from had has have having he her here hers him his how i if in into is it its just may me might more most my no
    nor not of on or our out over shall she should so some such than that the their them then there these they this
    those to too under up us very was we were what when where which while who whom whose why will with would you your
    """.split()  # noqa: SIM905 - a paragraph reads better than a hundred quoted words
)
"""Very common words: indexed like every word, but left out of a visitor's query that has a rarer word."""


class Tokens(NamedTuple):
    """The tokens of one text in reading order: `words[i]` has the surface form `text[starts[i]:ends[i]]`.

    words         list[str] (n,)
    starts, ends  uint32 (n,)     offsets
    """

    words: list[str]
    starts: np.ndarray
    ends: np.ndarray


class Analyzer:
    """Tokenizer and stemmer for one language (a Snowball name such as "english")."""

    def __init__(self, language: str = "english") -> None:
        self.language = language
        self._stemmer = Stemmer.Stemmer(language, 0)  # 0: no cache inside the stemmer, which costs more than it saves
        self._stop_words = STOP_WORDS if language == "english" else frozenset[str]()
        self.stem = lru_cache(maxsize=1 << 17)(self._stem)

    @property
    def fingerprint(self) -> str:
        return f"{self.language}/{ANALYSIS_VERSION}"

    def tokens(self, text: str) -> Tokens:
        """The tokens of `text` in reading order."""
        listed = self.words(text)
        starts = np.array([start for _, start, _ in listed], dtype=np.uint32)
        ends = np.array([end for _, _, end in listed], dtype=np.uint32)
        return Tokens([word for word, _, _ in listed], starts, ends)

    def words(self, text: str) -> list[tuple[str, int, int]]:
        """The tokens as tuples (word, start, end), cheaper than arrays for a text as short as a query."""
        return [(word, start, end) for start, end in _matches(text) if (word := fold(text[start:end]))]

    def keyword(self, text: str) -> str:
        """Key for comparing names (a site, an author, a tag): the words, separated by spaces."""
        return " ".join([word for word, _, _ in self.words(text)]) or text.casefold().strip()

    def is_stop_word(self, word: str) -> bool:
        return word in self._stop_words

    def _stem(self, word: str) -> str:
        # The stemmer has a buffer inside; threads may share the stemmer because each call holds the interpreter lock.
        stem: str = self._stemmer.stemWord(word)
        return stem


@lru_cache(maxsize=1 << 17)
def fold(form: str) -> str:
    """The word of a surface form; empty for a form of nothing but marks."""
    if form.isascii():
        word = form.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", form).casefold())
        word = unicodedata.normalize("NFC", "".join(c for c in decomposed if not _is_accent(c)))
    if "," in word and _THOUSANDS.match(word):
        return word.replace(",", "")
    if "'" in word or "’" in word:
        return _APOSTROPHES.sub("", _POSSESSIVE.sub("", word))
    return word


def _is_accent(character: str) -> bool:
    # Combining classes below 10 are no accents: nukta, kana voicing marks and virama make a different letter.
    return (
        unicodedata.combining(character) >= 10
        or unicodedata.category(character) == "Me"
        or character in "\u200c\u200d\ufe0e\ufe0f"
    )


def token_offsets(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of the surface forms, words or not: uint32, shape (n,)."""
    offsets = np.array(list(_matches(text)), dtype=np.uint32).reshape(-1, 2)
    return np.ascontiguousarray(offsets[:, 0]), np.ascontiguousarray(offsets[:, 1])


def _matches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each surface form, words or not."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if end - start <= LONGEST_WORD:
            yield start, end
        else:
            yield from _pieces(match.group(), start)


def _pieces(form: str, offset: int) -> Iterator[tuple[int, int]]:
    """Offsets of an overlong surface form in pieces of whole graphemes, each as long as `LONGEST_WORD` allows."""
    start = end = 0
    for grapheme in _GRAPHEME.finditer(form):
        if grapheme.end() - start > LONGEST_WORD and end > start:
            yield offset + start, offset + end
            start = end
        end = grapheme.end()
    yield offset + start, offset + end
