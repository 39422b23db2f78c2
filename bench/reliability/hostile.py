"""A corpus that makes every request dear: a few articles of ten megabytes, many distinct words, many distinct tags."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from kb.article import Article, Reading, SourceFile

LONGEST = 9_900_000
"""Bytes of a long article, just below the limit of a file."""

DISTINCT_WORDS = 1_400_000
ORDINARY = 3_000
TAGS_OF_AN_ARTICLE = 25

COLUMNS = tuple(f"{first}{second}olumn" for first in "bcdfghkl" for second in "aeiouxyz")
"""64 words that one article repeats in any order."""

_LONG = ("words-1", "words-2", "same", "pairs", "letters", "prose", "invisible", "columns")


class HostileCorpus:
    """The corpus, each article made when it is read."""

    root = Path("/hostile")
    fingerprint = "hostile/1"

    def scan(self) -> Iterator[SourceFile | tuple[str, str]]:
        """A source for each article, by id."""
        names = [*_LONG, *(f"ordinary-{number:04}" for number in range(ORDINARY))]
        yield from (SourceFile(name, LONGEST if name in _LONG else 2_000, 1) for name in sorted(names))

    def read(self, source: SourceFile) -> Reading:
        """The article of a source."""
        article = _long(source.path) if source.path in _LONG else _ordinary(source.path)
        return Reading((article,), (), article.digest)


def _long(name: str) -> Article:
    chance = random.Random(name)
    if name.startswith("words"):
        number = int(name[-1]) - 1
        text = " ".join(_distinct_words()[number::2])
    elif name == "prose":
        text = "\n\n".join(_prose(chance, 80) for _ in range(LONGEST // 560))
    elif name == "columns":
        text = " ".join(chance.choices(COLUMNS, k=LONGEST // 8))
    else:
        piece = {"same": "aa ", "pairs": "alpha beta ", "letters": "a-", "invisible": "\u200b"}[name]
        text = piece * (LONGEST // len(piece.encode()))
    return _article(name, f"A long article of {name}", text)


def _ordinary(name: str) -> Article:
    chance = random.Random(name)
    number = int(name[-4:])
    tags = tuple(f"tag {number} {which}" for which in range(TAGS_OF_AN_ARTICLE))
    title = " ".join(chance.choices(_vocabulary(), k=4)).capitalize()
    text = "\n\n".join(_prose(chance, 60) for _ in range(5))
    return _article(
        name, title, text, tags=tags, site=f"Site {number % 7}", published=f"20{number % 20 + 10}-03-0{number % 9 + 1}"
    )


def _article(name: str, title: str, text: str, **facts: object) -> Article:
    return Article(id=name, title=title, text=text, digest=sha256(name.encode()).hexdigest(), **facts)  # type: ignore[arg-type]


def _prose(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_vocabulary(), cum_weights=_weights(), k=words)).capitalize() + "."


@cache
def _vocabulary() -> list[str]:
    chance = random.Random("vocabulary")
    return ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 9))) for _ in range(5_000)]


@cache
def _weights() -> list[float]:
    total, weights = 0.0, []
    for rank in range(5_000):
        total += 1 / (rank + 10)
        weights.append(total)
    return weights


@cache
def _distinct_words() -> list[str]:
    """Most begin with the same letter, so that one misspelled word is compared with nearly all."""
    chance = random.Random("distinct")
    words: dict[str, None] = {}
    while len(words) < DISTINCT_WORDS:
        first = "a" if chance.random() < 0.8 else chance.choice(string.ascii_lowercase)
        words[first + "".join(chance.choices(string.ascii_lowercase, k=chance.randint(4, 9)))] = None
    return list(words)
