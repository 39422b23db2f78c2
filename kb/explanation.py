"""How a score came about, as plain records: what each part of a query adds to the score of one article.

    score  =  sum of `score` over words, nearness and fixed parts
    word:     score = boost * idf * impact

The formulas are those of `indexing/columnar/impacts.py` and `search/evaluation/nearness.py`.
"""

from __future__ import annotations

import msgspec


class FieldCount(msgspec.Struct, frozen=True):
    """How often a word stands in the title or in the text of an article, and how long that is."""

    frequency: int
    length: int
    """Tokens of the title or text."""
    average: float
    """What the length is compared with: the average of all articles, rounded to a grid."""


class WordShare(msgspec.Struct, frozen=True, kw_only=True):
    """What one word adds to a score."""

    text: str
    """The part of the query that asks for it, as typed: of a phrase or a pattern all of it."""
    term: str
    """What was looked for: a stem, or a word as written."""
    field: str
    """The field of the index it was looked for in; see `indexing/schema.py`."""
    phrase: bool
    """Whether it counts as a word of a phrase, which the article has."""
    title: FieldCount
    body: FieldCount
    articles: int
    """In how many articles it stands in this field, and of how many."""
    of: int
    idf: float
    impact: float
    """From 0 to 1: the frequencies, each by the length of its field, saturated."""
    boost: float
    score: float


class NearnessShare(msgspec.Struct, frozen=True):
    """What a word gains by other words of the query near it."""

    text: str
    """As typed, or as the article has it where that was within quotes."""
    term: str
    """Its stem."""
    near: float
    """The idf of each neighbour by the tokens that it is apart, added up."""
    score: float


class FixedShare(msgspec.Struct, frozen=True):
    """What is added alike to every article that has something: a name, a day in a range, the query for its title."""

    kind: str
    """title, site, author, tag, language, date or every."""
    text: str
    score: float


class Explanation(msgspec.Struct, frozen=True):
    """Everything that adds up to a score, in the order of the query."""

    words: tuple[WordShare, ...] = ()
    nearness: tuple[NearnessShare, ...] = ()
    fixed: tuple[FixedShare, ...] = ()
