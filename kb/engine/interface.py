"""The interface of an engine: a question in, the best articles with the positions of the query terms out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec
import numpy as np

from kb.article import Article
from kb.deadline import NEVER, Deadline
from kb.explanation import Explanation
from kb.results import MatchKind, Sort
from kb.segments.page_texts import PageTexts, StoredText, TextGroup

Tree: TypeAlias = Any
"""A query tree: an instance of a class of `whoosh.query`, named here so that few modules import whoosh."""


class QueryTerm(msgspec.Struct, frozen=True, gc=False):
    """A word or phrase of a query that can be highlighted; a word has one slot, a phrase one for each word."""

    text: str
    """As typed, without quotes."""
    kind: MatchKind
    """The way of matching."""
    field: str
    """The field of the index to look in; see `kb/segments/schema.py`."""
    alternatives: tuple[tuple[str, ...], ...]
    """For each slot, the index terms of which any satisfies it."""
    slop: int = 1
    """The greatest distance from a slot's token to the next slot's, in tokens."""
    typed: tuple[str, ...] = ()
    """The typed word of each slot, where the slots hold stems."""


class Question(msgspec.Struct, frozen=True, gc=False):
    """The meaning of a query text: the tree to rank by, a minimum-should-match, and stems that gain by proximity."""

    tree: Tree
    optional: tuple[Tree, ...] = ()
    """Clauses under the minimum-should-match: the first clauses of a disjunction in `tree`, the same objects."""
    minimum: int = 0
    """Number of optional clauses that an article must match; 0: clauses that together weigh as much as the heaviest."""
    query_terms: tuple[QueryTerm, ...] = ()
    near: tuple[str, ...] = ()
    """Distinct stems with a proximity bonus."""


class Selection(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The filters on matching articles, the order, the page and the facets to count."""

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields, each with the accepted names."""
    published_from: str | None = None
    published_to: str | None = None
    """First and last day of publication, ISO 8601; None for an open side."""
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the best articles by score are wanted, without filters and facets."""
        by_relevance = self.sort == "relevance"
        return by_relevance and not (self.filters or self.published_from or self.published_to or self.facets)


ROW, QUERY_TERM, IN_TITLE, BEGIN, END, FIRST_END, AS_TYPED, IN_HEADING = range(8)
"""Columns of `Positions.table`:

* ROW: index of the article in `Answer.articles`
* QUERY_TERM: index of the query term in the question
* IN_TITLE: 1 in the title, 0 in the text
* BEGIN, END: offsets of the match in the title or text
* FIRST_END: offset of the end of the first word of the match
* AS_TYPED: 1 where written as in the query, but for case and accents
* IN_HEADING: 1 in a heading of the text
"""

COLUMNS = 8
"""Number of these columns."""

POSITIONS = "positions"
"""Name, beside those of facets, of a part of an answer."""


MOST_MATCHES = 200
"""Most matches of a query term in an article considered for passages, the first of the text."""

MOST_OF_ALL = 1600
"""The same for all query terms together."""

REACH = 1024
"""Code points around a considered match in which every match is known: more than a passage is long."""


def most_matches(query_terms: int) -> int:
    """Matches of each query term in an article that are considered for passages; at least 8."""
    return min(MOST_MATCHES, max(8, MOST_OF_ALL // max(query_terms, 1)))


class Positions(NamedTuple):
    """Matches of the query terms in the articles of a page, a row each; ordered by ROW, then as read, title first.

    All matches, or of an article with very many: those of the title, the first `most_matches` of each query term, the
    first as typed, and every match within REACH of these.
    """

    table: np.ndarray
    """int64, shape (matches, COLUMNS): one array is cheaper to hand on than eight."""


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A page of articles for a question, the best first or in the order of the selection."""

    articles: tuple[Article, ...]
    """The articles of the page, without texts."""
    scores: tuple[float, ...]
    total: int
    """Number of matching articles."""
    positions: Positions
    texts: PageTexts
    """The texts of the articles, in the same order; none if there are groups."""
    text_groups: tuple[TextGroup, ...] = ()
    """The texts in groups, where they are too long to be put together."""
    partial: bool = False
    """True when the deadline passed: `total` is a lower bound, and better articles or other parts may be missing."""
    left_out: tuple[str, ...] = ()
    """The facets that were not counted in time, and POSITIONS if not all matches were looked for."""
    unknown: tuple[int, ...] = ()
    """Indexes of the query terms with a word that no article has."""
    weights: tuple[float, ...] = ()
    """The idf of each query term, for a phrase the sum over the words."""
    facets: dict[str, list[tuple[str, int]]] = {}
    """Values of each facet with the number of matching articles."""


class StoredArticle(NamedTuple):
    """An article without its text, and the text to be read part by part."""

    article: Article
    text: StoredText


class Ranking(msgspec.Struct, frozen=True, gc=False):
    """A page of articles for a question as ids and scores; `total` and `partial` are those of `Answer`."""

    best: tuple[tuple[str, float], ...]
    """(id, score) of each article of the page, in order."""
    total: int
    partial: bool = False


class Dictionary(Protocol):
    """The term dictionary of a generation: unstemmed words of titles and texts."""

    def frequency(self, word: str) -> int:
        """Number of articles that have the word."""
        ...

    def with_prefix(self, prefix: str, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        """At most `limit` words with a prefix, the most frequent first, and whether the list is complete.

        Incomplete, too, where the deadline passed: the words are then those found so far.
        """
        ...

    def matching(self, pattern: str, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        """Likewise for the words that match a pattern of letters, `*` and `?`, which begins with two letters."""
        ...

    def near(self, word: str, edits: int, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        """Likewise for the words with the same first letter within an edit distance, the nearest first."""
        ...


class Engine(Protocol):
    """A generation of an index, open for reading until the last reference is gone; safe to share between threads.

    An engine is in no reference cycle: its files are closed without the garbage collector.
    """

    @property
    def generation(self) -> str: ...

    @property
    def dictionary(self) -> Dictionary: ...

    def answer(self, question: Question, selection: Selection, deadline: Deadline) -> Answer:
        """The selected articles for a question, as far as known at `deadline`."""
        ...

    def rank(self, question: Question, selection: Selection, deadline: Deadline) -> Ranking:
        """The ids and scores of the same articles, at a lower cost than `answer`."""
        ...

    def explain(self, question: Question, ids: Sequence[str], deadline: Deadline = NEVER) -> tuple[Explanation, ...]:
        """Explanations of the scores of articles that match the question, of the first ones where the deadline passes.

        Raises ArticleNotFound.
        """
        ...

    def positions(self, question: Question, article_id: str, begin: int, end: int) -> Positions:
        """Positions of the query terms in the title of an article and in the code points `begin:end` of its text.

        All with ROW 0; of very many the first. Raises ArticleNotFound.
        """
        ...

    def next_match(self, question: Question, article_id: str, offset: int, deadline: Deadline) -> int | None:
        """Offset of the first match in the text of an article behind an offset; None without one before the deadline.

        Raises ArticleNotFound.
        """
        ...

    def article(self, article_id: str) -> Article:
        """An article; raises ArticleNotFound."""
        ...

    def stored(self, article_id: str) -> StoredArticle:
        """An article, with its text still to be read; raises ArticleNotFound."""
        ...

    def titles(self, words: Sequence[str], limit: int) -> Sequence[tuple[str, str]]:
        """Ids and titles of at most `limit` articles with a title in which every given word begins a word.

        Titles that begin with the words come first, then the shortest. `words` are words of `Analyzer.tokens`, at least
        one.
        """
        ...

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles, segments."""
        ...
