"""How often a word occurs in code: alone, and as a part of identifiers."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from bench.house.sources import Source


@dataclass(frozen=True, slots=True)
class WordCount:
    """Occurrences of a word, its plural and its participle: in identifiers, and in docstrings, comments and strings."""

    word: str
    in_identifiers: int
    in_prose: int

    @property
    def total(self) -> int:
        """All occurrences."""
        return self.in_identifiers + self.in_prose


def count_word(sources: Iterable[Source], word: str) -> WordCount:
    """Occurrences of a word in all files; `place` is found in `first_place` and `PlaceOf`, not in `replace`."""
    pattern = _pattern(word)
    identifiers = total = 0
    for source in sources:
        identifiers += len(pattern.findall(_identifiers(source.text)))
        total += len(pattern.findall(source.text))
    return WordCount(word, identifiers, total - identifiers)


def _pattern(word: str) -> re.Pattern[str]:
    """The word in lower case, capitalized or in capitals, with no letter of a longer word beside."""
    endings = {"s", "d"} if word.endswith("e") else {"s", "ed"}
    small = f"(?:{'|'.join(sorted(endings))})?"
    return re.compile(
        rf"(?<![A-Za-z]){word}{small}(?![a-z])"
        rf"|(?<![A-Z]){word.capitalize()}{small}(?![a-z])"
        rf"|(?<![A-Za-z]){word.upper()}{small.upper()}(?![A-Za-z])"
    )


def _identifiers(text: str) -> str:
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    return " ".join(token.string for token in tokens if token.type == tokenize.NAME)
