"""The nouns of answering: a search as asked, and the page of results, field for field as the HTTP API gives it.

Offsets are code points into the article's text, half-open, everywhere. Records are frozen, so that none refers to
itself, and the collector of cycles need not look at them: a page is hundreds of objects.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from kb.explanation import Explanation

Sort: TypeAlias = Literal["relevance", "-date", "date", "title"]
"""Order of hits: best, newest, oldest or first title first."""
Match: TypeAlias = Literal["all", "most", "any"]
"""Minimum-should-match of a visitor's query: all words, words by weight, or any word."""
Mode: TypeAlias = Literal["visitor", "staff"]
"""Query language."""
MatchKind: TypeAlias = Literal["exact", "stem", "prefix", "wildcard", "fuzzy"]
"""Relation between a query term and the words that match."""


class SearchRequest(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A search as asked, every value in bounds; the names are those of the HTTP parameters."""

    q: str = ""
    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Field and accepted values (any of them), ordered by field."""
    published_from: str | None = None
    published_to: str | None = None
    facets: tuple[str, ...] = ()
    match: Match = "most"
    snippets: int = 1
    snippet_chars: int = 200
    exact: bool = False
    typing: bool = False
    mode: Mode = "visitor"
    explain: bool = False


INSIDE_WORD: Final = 0
WORD: Final = 1
SENTENCE: Final = 2
Edge: TypeAlias = Literal[0, 1, 2]
"""Edge of a passage: inside a word, at the edge of a word, at the edge of a sentence."""

ELLIPSIS = "…"
"""Shown at each end of a snippet that is not the edge of a sentence."""


class Snippet(msgspec.Struct, frozen=True, gc=False):
    """A passage of an article: `text` is `article.text[start:end]` exactly, `html` the same, marked and escaped."""

    html: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    """Offsets into the article's text, within `start:end`, ordered and disjoint."""
    begins: Edge = SENTENCE
    """Edge of the text at `start`; `html` begins with an ellipsis unless a sentence begins here."""
    ends: Edge = SENTENCE
    """Edge of the text at `end`, likewise."""
    fragment: str = ""
    """Text fragment (`:~:text=...`) of a link to the article that leads to the passage; empty if none is unique."""
    part: int = 0
    """Number of the part with the passage, of an article whose page has parts; 0 for any other. The fragment is unique
    in the part."""


class MatchedTerm(msgspec.Struct, frozen=True, gc=False, rename={"kind": "as"}):
    """A word or phrase of the query that a hit contains, and how: exact, stem, prefix, wildcard or fuzzy."""

    term: str
    kind: MatchKind
    field: str


class Hit(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An article on a page of results."""

    id: str
    url: str
    title: str
    title_html: str
    site: str | None
    author: str | None
    published: str | None
    tags: tuple[str, ...]
    score: float
    matched: tuple[MatchedTerm, ...]
    snippets: tuple[Snippet, ...]
    similar: None
    """Near copies of the article: not looked for yet, and part of the answer since its first version."""
    explanation: Explanation | None = None
    """None unless asked for: JSON then has no such name."""


class Dropped(msgspec.Struct, frozen=True, gc=False):
    """A part of the query that was not searched for, and why."""

    text: str
    reason: str


class Expansion(msgspec.Struct, frozen=True, gc=False, rename={"words": "to"}):
    """A part of the query that stood for several words: a prefix, a pattern or a misspelled word."""

    text: str
    words: tuple[str, ...]
    by: MatchKind
    """The rule: prefix, wildcard or fuzzy."""
    complete: bool = True
    """False if the list of words was cut off."""


class QueryReport(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The query as asked and as searched."""

    text: str
    """As typed."""
    searched: str
    """The text searched for, without the parts dropped."""
    parsed: str
    """The query tree in Whoosh's notation."""
    mode: Mode
    corrections: tuple[()] = ()
    """Corrected words: no word is corrected yet; part of the answer since its first version."""
    dropped: tuple[Dropped, ...] = ()
    expanded: tuple[Expansion, ...] = ()
    literal_url: str | None = None
    warnings: tuple[str, ...] = ()


class Total(msgspec.Struct, frozen=True, gc=False):
    """The number of matching articles."""

    value: int
    relation: str
    """`eq`, or `gte` where the answer is partial."""


class FacetCount(msgspec.Struct, frozen=True, gc=False):
    """A value of a facet, and the number of matching articles that have it."""

    value: str
    count: int


class ResultPage(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One page of results: the API's answer, field for field."""

    query: QueryReport
    query_id: str
    generation: str
    took_ms: float
    partial: bool
    total: Total
    offset: int
    limit: int
    next: str | None
    previous: str | None
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetCount, ...]]
    suggestions: tuple[str, ...]


class Suggestion(msgspec.Struct, frozen=True, gc=False):
    """A completion of a query being typed."""

    text: str
    kind: str
    """`title` of an article, or `word`."""
    url: str
    """Address of the article, or of a search for the word."""
