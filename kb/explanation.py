"""Explanation of a score, as in Lucene: records of everything that a query adds to the score of one article.

    score  =  sum of `score` over words, nearness and fixed parts
    word:     score = boost * idf * impact

`kb/ranking.py` has the formulas.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

FixedKind: TypeAlias = Literal["title", "site", "author", "tag", "language", "date", "every"]
"""Reason of a fixed share: a name, a date, `title` for a whole title, `every` for a query without words."""


class FieldCount(msgspec.Struct, frozen=True):
    """Frequency of a word in the title or in the text of an article."""

    frequency: int
    length: int
    """Tokens of the title or text."""
    average: float
    """Average length over all articles, in tokens, rounded to a grid."""


class WordShare(msgspec.Struct, frozen=True, kw_only=True):
    """Share of one word in a score."""

    text: str
    """The part of the query that asks for the word, as typed: a word, a pattern or a whole phrase."""
    term: str
    """The term looked up: a stem, or a word as written."""
    field: str
    """Field of the index; see `kb/segments/schema.py`."""
    phrase: bool
    """Whether the word counts as a part of a phrase."""
    title: FieldCount
    body: FieldCount
    articles: int
    """Document frequency: articles with the term in the field."""
    of: int
    """Articles of the index."""
    idf: float
    impact: float
    """BM25F from 0 to 1: the frequencies over their length norms, saturated."""
    boost: float
    score: float


class NearnessShare(msgspec.Struct, frozen=True):
    """Share that a word gains by proximity to other words of the query."""

    text: str
    """The word as typed; for a word within quotes, as the article has it."""
    term: str
    """Stem of the word."""
    near: float
    """Sum over the neighbours of idf by distance in tokens."""
    score: float


class FixedShare(msgspec.Struct, frozen=True):
    """Share that is equal for all articles: a name, a day in a range, the query as a title."""

    kind: FixedKind
    text: str
    score: float


class Explanation(msgspec.Struct, frozen=True):
    """Shares that add up to a score, in the order of the query."""

    words: tuple[WordShare, ...] = ()
    nearness: tuple[NearnessShare, ...] = ()
    fixed: tuple[FixedShare, ...] = ()
