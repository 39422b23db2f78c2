"""kb itself, by what it offers to a Python program."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

import kb
import kb.article
from bench.articles import Article
from bench.engines import HITS, SNIPPET_CHARS, NotOffered
from kb.article import Reading, SourceFile
from kb.compiled import load, loops
from kb.cores import usable_cores
from kb.deadline import Deadline
from kb.engine import interface
from kb.engine.engine import ColumnarEngine
from kb.indexing.builder import Builder
from kb.results import SearchRequest
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer

SETTINGS = Settings(query_chars=4000, query_ms=60_000)
"""No query is cut off or given up: the others have no budget either."""

PROCESSES = "processes"
"""The parameter of Builder by which several processes build, if it has one."""


class Engine:
    """kb over one index folder."""

    counts_all = True

    def __init__(self, folder: Path, match: str | None = None) -> None:
        self.label = "**kb**" if match is None else f"kb, match={match}"
        self._folder = folder
        self._match: dict[str, Any] = {} if match is None else {"match": match}
        self._searcher: Any = None
        self._top: Callable[..., Any] | None = None

    def start(self) -> None:
        """Load the machine code, as the service does before it answers and a large build before it reads."""
        load(loops())

    def version(self) -> str:
        return f"kb {version('kb')}"

    def build(self, articles: Sequence[Article]) -> None:
        self._build(articles, processes=1)

    def build_on_all_cores(self, articles: Sequence[Article]) -> None:
        """As `build`, by as many processes as there are cores; raises NotOffered."""
        if PROCESSES not in inspect.signature(Builder).parameters:
            raise NotOffered("no setting")
        self._build(articles, processes=usable_cores())

    def open(self) -> None:
        self._searcher = kb.open_index(self._folder, SETTINGS)
        self._top = _top_of(self._searcher, self._match)

    def search(self, query: str) -> list[str]:
        if self._top is None:
            raise NotOffered("not separable")
        return [identity for identity, _ in self._top(query, HITS, **self._match).best]

    def search_with_snippets(self, query: str) -> list[str]:
        request = SearchRequest(q=query, limit=HITS, snippet_chars=SNIPPET_CHARS, **self._match)
        page = self._searcher.answer(request)
        return [hit.snippets[0].text if hit.snippets else "" for hit in page.hits]

    def close(self) -> None:
        self._searcher.close()

    def ranking(self, query: str, match: str, nearness: bool = True) -> list[str]:
        """The ids of the best hits as the service ranks them, or as it would if nearness added nothing."""
        searcher = self._searcher if nearness else self._without_nearness
        return [identity for identity, _ in searcher.top(query, limit=HITS, match=match).best]

    @cached_property
    def _without_nearness(self) -> Searcher:
        generation, analyzer = Generations(self._folder).current(), Analyzer(SETTINGS.language)
        engine = ColumnarEngine(generation.path, generation.name, analyzer)
        return Searcher(WithoutNearness(engine), analyzer, SETTINGS, generation.seal)

    def _build(self, articles: Sequence[Article], processes: int) -> None:
        several: dict[str, Any] = {PROCESSES: processes} if PROCESSES in inspect.signature(Builder).parameters else {}
        Builder(self._folder, Analyzer(SETTINGS.language), **several).build(_Folder(articles))


def _top_of(searcher: Any, options: Iterable[str]) -> Callable[..., Any] | None:
    """The method that searches without making snippets, if there is one and it takes the options."""
    top: Callable[..., Any] | None = getattr(searcher, "top", None)
    if top is None or not set(options) <= inspect.signature(top).parameters.keys():
        return None
    return top


class WithoutNearness:
    """An engine that is asked the same, but for the words that may stand near each other."""

    def __init__(self, engine: interface.Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def rank(
        self, question: interface.Question, selection: interface.Selection, deadline: Deadline
    ) -> interface.Ranking:
        return self._engine.rank(msgspec.structs.replace(question, near=()), selection, deadline)


class _Folder:
    """Articles in memory as a corpus that a builder can read: each is a file of its own."""

    root = Path("articles")
    fingerprint = "bench/1"

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = {article.id: article for article in articles}

    def scan(self) -> Iterator[SourceFile]:
        for identity in self._articles:
            yield SourceFile(identity, 1, 1)

    def read(self, source: SourceFile) -> Reading:
        identity, title, text = self._articles[source.path]
        article = kb.article.Article(
            id=identity, title=title or text[:80] or "-", text=text or title or "-", digest=identity
        )
        return Reading((article,), digest=identity)
