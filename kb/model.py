"""The nouns, as plain records, and the one interface between a query and what answers it.

Offsets are code points into the article's text, half-open, everywhere. Records are frozen, so that none refers to
itself, and the collector of cycles need not look at them: a page is hundreds of objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msgspec

from kb.explanation import Explanation
from kb.occurrences import Occurrences
from kb.texts import PageTexts

Tree: TypeAlias = Any
"""A query tree: an instance of one of `whoosh.query`'s classes, named so that only three places import whoosh."""

# Articles


class Article(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One article as read from the corpus: `text` has paragraphs separated by an empty line and no boilerplate."""

    id: str
    """The path in the corpus with its extension, `/` between folders, NFC; for a line of a .jsonl file, the file's id
    and then the line's own id or number."""
    title: str
    text: str
    url: str | None = None
    site: str | None = None
    author: str | None = None
    published: str | None = None
    """ISO 8601: a day (`2024-05-03`) or, where only that is known, a year (`2024`), which sorts as its first day."""
    tags: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    format: str = "text"
    """What it was read from: text, markdown, html or jsonl."""
    digest: str = ""
    """Hex digest of everything above, so that equal articles have equal digests."""


class SourceFile(msgspec.Struct, frozen=True, gc=False):
    """A file of the corpus as the last look at the folder found it."""

    path: str
    """Relative to the corpus, `/` between folders, as the file system spells it."""
    size: int
    mtime_ns: int


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one file gave: its articles, and a reason for each part that could not be read."""

    articles: tuple[Article, ...] = ()
    skipped: tuple[str, ...] = ()
    """Reasons, each a phrase such as `draft` or `line 7: not a JSON object`."""
    digest: str = ""
    """Hex digest of the file's bytes; empty if they could not be read."""
    withdrawn: tuple[str, ...] = ()
    """Ids of articles that are there but not to be published: drafts."""
    unreadable: bool = False
    """Whether something could not be read: an article that was there before may still be there."""


class Corpus(Protocol):
    """The folder of article files."""

    root: Path
    fingerprint: str
    """Changes with any rule that changes what a file is read as."""

    def scan(self) -> Iterator[SourceFile | tuple[str, str]]:
        """Every article file, in the order of paths, and `(path, reason)` for what is passed over for a reason."""
        ...

    def read(self, source: SourceFile) -> Reading:
        """The articles of one file; never raises for what is wrong with the file."""
        ...


# Requests


class SearchRequest(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A search as asked, every value in bounds; the names are those of the HTTP parameters."""

    q: str = ""
    limit: int = 10
    offset: int = 0
    sort: str = "relevance"
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Field and accepted values (any of them), ordered by field."""
    published_from: str | None = None
    published_to: str | None = None
    facets: tuple[str, ...] = ()
    match: str = "most"
    snippets: int = 1
    snippet_chars: int = 200
    exact: bool = False
    typing: bool = False
    mode: str = "visitor"
    explain: bool = False


class Unit(msgspec.Struct, frozen=True, gc=False):
    """One thing a query asks for and a snippet can mark: a word or a phrase.

    `alternatives[i]` are the terms that satisfy its i-th place: a plain word has one place, a phrase one for each word.
    """

    text: str
    """As typed, without quotes."""
    kind: str
    """How it is matched: exact, stem, prefix, wildcard or fuzzy."""
    field: str
    """The field of the index it is looked for in; see `indexing/schema.py`."""
    alternatives: tuple[tuple[str, ...], ...]
    slop: int = 1
    typed: tuple[str, ...] = ()
    """The words as typed of a unit that is looked for by its stems."""


class Question(msgspec.Struct, frozen=True, gc=False):
    """What a query text means: the tree to rank by, how many of its optional parts must match, and what lies near."""

    tree: Tree
    optional: tuple[Tree, ...] = ()
    """The first parts of a disjunction in `tree`, which matches only where enough of them do."""
    minimum: int = 0
    """How many are enough; 0: the heaviest, which is the rarest word, or others that together weigh as much."""
    units: tuple[Unit, ...] = ()
    near: tuple[str, ...] = ()
    """Stems, each once, that add to the score of an article where they stand near each other."""


class Selection(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Which of the matching articles to return, in which order."""

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    sort: str = "relevance"
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the best articles are all that is asked for."""
        by_relevance = self.sort == "relevance"
        return by_relevance and not (self.filters or self.published_from or self.published_to or self.facets)


# Answers


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What an engine returns for a question."""

    articles: tuple[Article, ...]
    """Those of the page, without their texts."""
    scores: tuple[float, ...]
    total: int
    occurrences: Occurrences
    texts: PageTexts
    """Those of the articles, in the same order."""
    partial: bool = False
    """The time allowed ran out: `total` is a lower bound and better articles may be missing."""
    unknown: tuple[int, ...] = ()
    """Units of the question that have a word which no article has."""
    weights: tuple[float, ...] = ()
    """How rare each unit of the question is: the idf of its words, added up for a phrase."""
    facets: dict[str, list[tuple[str, int]]] = {}


class Ranking(msgspec.Struct, frozen=True, gc=False):
    """The best articles for a question, by id and score, and how many there are in all."""

    best: tuple[tuple[str, float], ...]
    total: int
    partial: bool = False


class Snippet(msgspec.Struct, frozen=True, gc=False):
    """A passage of an article: `text` is `article.text[start:end]` exactly, `html` the same, marked and escaped."""

    html: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    """Offsets into the article's text, within `start:end`, ordered and disjoint."""
    url: str = ""


class MatchedUnit(msgspec.Struct, frozen=True, gc=False, rename={"kind": "as"}):
    """A word or phrase of the query that a hit contains, and how: exact, stem, prefix, wildcard or fuzzy."""

    term: str
    kind: str
    field: str


class Similar(msgspec.Struct, frozen=True, gc=False):
    count: int
    url: str


class Hit(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    id: str
    url: str
    title: str
    title_html: str
    site: str | None
    author: str | None
    published: str | None
    tags: tuple[str, ...]
    score: float
    matched: tuple[MatchedUnit, ...]
    snippets: tuple[Snippet, ...]
    similar: Similar | None
    explanation: Explanation | None = None
    """Only where it was asked for; else JSON does not even have its name."""


class Correction(msgspec.Struct, frozen=True, gc=False, rename={"original": "from", "corrected": "to"}):
    original: str
    corrected: str
    start: int
    end: int
    reason: str


class Dropped(msgspec.Struct, frozen=True, gc=False):
    """A part of the query that was not searched for, and why."""

    text: str
    reason: str


class Expansion(msgspec.Struct, frozen=True, gc=False, rename={"words": "to"}):
    """A part of the query that stood for several words: which, by what rule, and whether some were cut off."""

    text: str
    words: tuple[str, ...]
    by: str
    complete: bool = True


class QueryReport(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What was asked and what was searched."""

    text: str
    searched: str
    parsed: str
    mode: str
    corrections: tuple[Correction, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    expanded: tuple[Expansion, ...] = ()
    literal_url: str | None = None
    warnings: tuple[str, ...] = ()


class Total(msgspec.Struct, frozen=True, gc=False):
    value: int
    relation: str
    """`eq`, or `gte` where the answer is partial."""


class FacetCount(msgspec.Struct, frozen=True, gc=False):
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
    text: str
    kind: str
    """`title` (then `url` is the article's) or `word` (then it is a search for it)."""
    url: str


# The one interface


class Lexicon(Protocol):
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
    def lexicon(self) -> Lexicon: ...

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
