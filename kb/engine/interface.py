"""The one interface between a query and what answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec
import numpy as np

from kb.article import Article
from kb.explanation import Explanation
from kb.results import MatchKind, Sort
from kb.segments.page_texts import PageTexts

Tree: TypeAlias = Any
"""A query tree: an instance of one of `whoosh.query`'s classes, named so that few modules import whoosh."""


class QueryTerm(msgspec.Struct, frozen=True, gc=False):
    """One thing a query asks for and a snippet can mark: a word or a phrase.

    `alternatives[i]` are the terms that satisfy its i-th place: a plain word has one place, a phrase one for each word.
    """

    text: str
    """As typed, without quotes."""
    kind: MatchKind
    field: str
    """The field of the index it is looked for in; see `indexing/schema.py`."""
    alternatives: tuple[tuple[str, ...], ...]
    slop: int = 1
    typed: tuple[str, ...] = ()
    """The words as typed of a query_term that is looked for by its stems."""


class Question(msgspec.Struct, frozen=True, gc=False):
    """What a query text means: the tree to rank by, how many of its optional parts must match, and what lies near."""

    tree: Tree
    optional: tuple[Tree, ...] = ()
    """The first parts of a disjunction in `tree`, which matches only where enough of them do."""
    minimum: int = 0
    """How many are enough; 0: the heaviest, which is the rarest word, or others that together weigh as much."""
    query_terms: tuple[QueryTerm, ...] = ()
    near: tuple[str, ...] = ()
    """Stems, each once, that add to the score of an article where they stand near each other."""


class Selection(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Which of the matching articles to return, in which order."""

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the best articles are all that is asked for."""
        by_relevance = self.sort == "relevance"
        return by_relevance and not (self.filters or self.published_from or self.published_to or self.facets)


ROW, QUERY_TERM, IN_TITLE, BEGIN, END, FIRST_END, AS_TYPED, IN_HEADING = range(8)
"""The columns: which article, by its place in `Answer.articles`; which term; whether in the title, else in the text;
where it begins and ends there; where the first word of it ends; whether it is written as in the query, without regard
to case and accents; whether it is in a heading of the text."""

COLUMNS = 8


class Positions(NamedTuple):
    """Where the terms of a question stand in the found articles: by article, its title before its text, and by place.

    A table of int64, shape (m, 8), which is cheaper to handle than as many arrays; flags are 0 or 1.
    """

    table: np.ndarray


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What an engine returns for a question."""

    articles: tuple[Article, ...]
    """Those of the page, without their texts."""
    scores: tuple[float, ...]
    total: int
    positions: Positions
    texts: PageTexts
    """Those of the articles, in the same order."""
    partial: bool = False
    """The time allowed ran out: `total` is a lower bound and better articles may be missing."""
    unknown: tuple[int, ...] = ()
    """Units of the question that have a word which no article has."""
    weights: tuple[float, ...] = ()
    """How rare each query_term of the question is: the idf of its words, added up for a phrase."""
    facets: dict[str, list[tuple[str, int]]] = {}


class Ranking(msgspec.Struct, frozen=True, gc=False):
    """The best articles for a question, by id and score, and how many there are in all."""

    best: tuple[tuple[str, float], ...]
    total: int
    partial: bool = False


class Dictionary(Protocol):
    """The words of a generation, unstemmed, as read in titles and texts."""

    def frequency(self, word: str) -> int:
        """In how many articles the word stands; 0 if in none."""
        ...

    def with_prefix(self, prefix: str, limit: int) -> tuple[tuple[str, ...], bool]:
        """At most `limit` words that begin so, the most frequent first, and whether that is all of them."""
        ...

    def matching(self, pattern: str, limit: int) -> tuple[tuple[str, ...], bool]:
        """Likewise, words that fit a pattern of letters, `*` and `?` with at least two leading letters."""
        ...

    def near(self, word: str, edits: int, limit: int) -> tuple[tuple[str, ...], bool]:
        """Likewise, words with the same first letter at most `edits` edits away, the nearest first."""
        ...


class Engine(Protocol):
    """What answers a question: one generation of an index, open for reading, safe to share between threads."""

    @property
    def generation(self) -> str: ...

    @property
    def dictionary(self) -> Dictionary: ...

    def answer(self, question: Question, selection: Selection, deadline: float) -> Answer:
        """The selected articles for a question, as far as it is known at `deadline` (in `time.monotonic()` seconds)."""
        ...

    def rank(self, question: Question, selection: Selection, deadline: float) -> Ranking:
        """The ids and scores of the same articles: cheaper where nothing else is wanted."""
        ...

    def explain(self, question: Question, ids: Sequence[str]) -> tuple[Explanation, ...]:
        """How the scores of articles that match the question came about; raises ArticleNotFound."""
        ...

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFound."""
        ...

    def titles(self, words: Sequence[str], limit: int) -> Sequence[tuple[str, str]]:
        """Ids and titles of at most `limit` articles in whose titles every word (there is one) begins a word.

        Those that begin with the words come first, then the shortest; words are as `Analyzer.tokens` gives them.
        """
        ...

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles, words, segments."""
        ...

    def close(self) -> None: ...
