"""What is measured on: articles and queries of a data folder, and large archives mixed from the same sentences."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

SENTENCES = 5
"""Sentences of a mixed article."""

SEED = 1

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+")


class Article(NamedTuple):
    """The least that every engine can index."""

    id: str
    title: str
    text: str


class Source(NamedTuple):
    """Where articles come from: small enough to be sent to a process, which reads them itself."""

    data: Path
    limit: int | None = None
    mixed: int = 0
    """If not 0: that many articles mixed from the sentences of those of the folder."""

    def articles(self) -> list[Article]:
        """The articles, the same and in the same order each time."""
        read = list(read_articles(self.data, self.limit))
        return list(mix(read, self.mixed)) if self.mixed else read


def read_articles(data: Path, limit: int | None = None) -> Iterator[Article]:
    """The first articles of `data`; ids repeat in the file, so the number of the line makes them distinct."""
    with gzip.open(data / "articles" / "medquad.jsonl.gz", "rb") as lines:
        for number, line in enumerate(islice(lines, limit), 1):
            row = msgspec.json.decode(line)
            yield Article(f"{row['id']}/{number}", row["title"].strip(), row["text"].strip())


def read_queries(data: Path, limit: int | None = None) -> list[str]:
    """The first queries of `data`, as typed."""
    with (data / "articles" / "medquad-queries.txt").open(encoding="utf-8") as lines:
        return [line.strip() for line in islice(lines, limit)]


def mix(articles: Sequence[Article], count: int, seed: int = SEED) -> Iterator[Article]:
    """`count` articles, each a title and some sentences drawn at random from all articles."""
    sentences = list(_sentences(articles))
    titles = [article.title for article in articles]
    draw = random.Random(seed)
    for number in range(1, count + 1):
        yield Article(f"mixed/{number}", draw.choice(titles), " ".join(draw.choices(sentences, k=SENTENCES)))


def plain_words(query: str) -> list[str]:
    """The words of a query in lower case, so that nothing in it is an operator of another engine's language."""
    return _WORD.findall(query.lower())


def _sentences(articles: Iterable[Article]) -> Iterator[str]:
    for article in articles:
        yield from (" ".join(sentence.split()) for sentence in _SENTENCE_END.split(article.text) if sentence)
