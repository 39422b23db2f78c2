"""Whoosh as its documentation sets it up: stock codec, scorer, parser and highlighter."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

from whoosh import index
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.highlight import ContextFragmenter
from whoosh.qparser import MultifieldParser, OrGroup

from bench.articles import Article, plain_words
from bench.engines import HITS, SNIPPET_CHARS


class Engine:
    """Whoosh over one index folder."""

    label = "Whoosh, stock"
    counts_all = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: Any = None
        self._searcher: Any = None
        self._parser: Any = None

    def version(self) -> str:
        distribution = packages_distributions()["whoosh"][0]
        return f"{distribution} {version(distribution)}"

    def build(self, articles: Sequence[Article]) -> None:
        words = StemmingAnalyzer()
        schema = Schema(
            id=ID(stored=True, unique=True),
            title=TEXT(analyzer=words, stored=True),
            body=TEXT(analyzer=words, stored=True),
        )
        self._folder.mkdir()
        writer = index.create_in(self._folder, schema).writer()
        for article in articles:
            writer.add_document(id=article.id, title=article.title, body=article.text)
        writer.commit()

    def open(self) -> None:
        self._index = index.open_dir(self._folder)
        self._searcher = self._index.searcher()
        self._parser = MultifieldParser(["title", "body"], self._index.schema, group=OrGroup)

    def search(self, query: str) -> list[str]:
        return [hit["id"] for hit in self._results(query)]

    def search_with_snippets(self, query: str) -> list[str]:
        results = self._results(query)
        results.fragmenter = ContextFragmenter(maxchars=SNIPPET_CHARS)
        return [hit.highlights("body", top=1) for hit in results]

    def close(self) -> None:
        self._searcher.close()
        self._index.close()

    def _results(self, query: str) -> Any:
        return self._searcher.search(self._parser.parse(" ".join(plain_words(query))), limit=HITS)
