"""Text to tokens: the one definition that indexing, queries and snippets share.

A *token* is a stretch of the text (`start`, `end`, code points, half-open) with the *word* it stands for: NFKC, case
folded, without accents, apostrophes and the possessive s. The *stem* of a word is what ranking compares.

What counts as one token:

* a number with its decimal or thousands separators (`2.5`, `2,000`; the comma of thousands is dropped from the word);
* a run of letters, digits and combining marks that starts with no digit (`B12`, `Ménière's`);
  digits followed by letters are two tokens, so `5mg` and `5 mg` are the same words;
* each ideograph or kana alone, so that a phrase finds any stretch of Chinese or Japanese.

A run longer than `LONGEST_WORD` is cut into pieces at grapheme boundaries, so that every token fits into a snippet.
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
"""Part of the index's fingerprint: raise it with any change of what `Analyzer` returns."""

_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_MARKS = r"\p{M}\u200c\u200d\uff9e\uff9f"
DIGIT = r"\p{Nd}"
NUMBER_MARK = r"[.,]"
IDEOGRAPH = rf"[{_IDEOGRAPHS}]"
MARK = rf"[{_MARKS}]"
FIRST_OF_WORD = rf"[\p{{L}}\p{{N}}--[{_IDEOGRAPHS}]]"
REST_OF_WORD = rf"[\p{{L}}\p{{N}}{_MARKS}--[{_IDEOGRAPHS}]]"
APOSTROPHE = r"['’]"
AFTER_APOSTROPHE = r"[\p{L}\p{M}]"
_TOKEN = regex.compile(
    rf"{DIGIT}+(?:{NUMBER_MARK}{DIGIT}+)*{MARK}*"
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
"""Words so common that ranking ignores them while other words remain; they are indexed like all others."""


class Tokens(NamedTuple):
    """The tokens of one text: `words[i]` stands at `starts[i]:ends[i]`; starts and ends are uint32, shape (n,)."""

    words: list[str]
    starts: np.ndarray
    ends: np.ndarray


class Analyzer:
    """Splits text and stems words for one language (a Snowball name such as "english")."""

    def __init__(self, language: str = "english") -> None:
        self.language = language
        self._stemmer = Stemmer.Stemmer(language, 0)  # its own cache costs more than it saves
        self._stop_words = STOP_WORDS if language == "english" else frozenset[str]()
        self.stem = lru_cache(maxsize=1 << 17)(self._stem)

    @property
    def fingerprint(self) -> str:
        return f"{self.language}/{ANALYSIS_VERSION}"

    def tokens(self, text: str) -> Tokens:
        """The tokens of `text` in reading order."""
        placed = self.words(text)
        starts = np.array([start for _, start, _ in placed], dtype=np.uint32)
        ends = np.array([end for _, _, end in placed], dtype=np.uint32)
        return Tokens([word for word, _, _ in placed], starts, ends)

    def words(self, text: str) -> list[tuple[str, int, int]]:
        """The same as a list of word, start and end: for texts as short as a query."""
        return [(word, start, end) for start, end in _matches(text) if (word := fold(text[start:end]))]

    def keyword(self, text: str) -> str:
        """The form in which names (a site, an author, a tag) are compared: their words, without case or accents."""
        return " ".join(self.tokens(text).words) or text.casefold().strip()

    def is_stop_word(self, word: str) -> bool:
        return word in self._stop_words

    def _stem(self, word: str) -> str:
        # The stemmer keeps a buffer of its own; threads may share it because each call holds the interpreter lock.
        stem: str = self._stemmer.stemWord(word)
        return stem


@lru_cache(maxsize=1 << 17)
def fold(surface: str) -> str:
    """The word that a stretch of text stands for; empty if nothing searchable is left."""
    if surface.isascii():
        word = surface.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", surface).casefold())
        word = unicodedata.normalize("NFC", "".join(c for c in decomposed if not _is_accent(c)))
    if "," in word and _THOUSANDS.match(word):
        return word.replace(",", "")
    if "'" in word or "’" in word:
        return _APOSTROPHES.sub("", _POSSESSIVE.sub("", word))
    return word


def _is_accent(character: str) -> bool:
    # Classes below 10 are not accents: nukta, kana voicing marks and virama make another letter of the one before.
    return (
        unicodedata.combining(character) >= 10
        or unicodedata.category(character) == "Me"
        or character in "\u200c\u200d\ufe0e\ufe0f"
    )


def spans(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of the stretches that may be tokens: uint32, shape (n,)."""
    bounds = np.array(list(_matches(text)), dtype=np.uint32).reshape(-1, 2)
    return np.ascontiguousarray(bounds[:, 0]), np.ascontiguousarray(bounds[:, 1])


def _matches(text: str) -> Iterator[tuple[int, int]]:
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if end - start <= LONGEST_WORD:
            yield start, end
        else:
            yield from _pieces(match.group(), start)


def _pieces(run: str, offset: int) -> Iterator[tuple[int, int]]:
    start = end = 0
    for grapheme in _GRAPHEME.finditer(run):
        if grapheme.end() - start > LONGEST_WORD and end > start:
            yield offset + start, offset + end
            start = end
        end = grapheme.end()
    yield offset + start, offset + end
