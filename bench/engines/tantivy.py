"""tantivy by its Python binding: Rust, the field's fastest library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from bench.articles import Article, plain_words
from bench.engines import HITS, SNIPPET_CHARS, read_ids, write_ids

HEAP = 512_000_000
"""Bytes that the writer may use; enough to write a small archive as one segment, which is the fastest to search."""

FIELDS = ["title", "body"]


class Engine:
    """tantivy over one index folder."""

    label = "tantivy"
    counts_all = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = []
        self._index: Any = None
        self._searcher: Any = None

    def version(self) -> str:
        return f"tantivy-py {version('tantivy')}"

    def build(self, articles: Sequence[Article]) -> None:
        write_ids(self._folder, articles)
        self._folder.mkdir()
        writer = tantivy.Index(_schema(), path=str(self._folder)).writer(heap_size=HEAP, num_threads=1)
        for number, article in enumerate(articles):
            document = tantivy.Document(title=article.title, body=article.text)
            document.add_unsigned("number", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self._ids = read_ids(self._folder)
        self._index = tantivy.Index.open(str(self._folder))
        self._searcher = self._index.searcher()

    def search(self, query: str) -> list[str]:
        found = self._searcher.search(self._parsed(query), limit=HITS)
        # A column is cheaper than the stored articles, which are compressed.
        numbers = self._searcher.fast_field_values("number", [address for _, address in found.hits])
        return [self._ids[number] for number in numbers]

    def search_with_snippets(self, query: str) -> list[str]:
        parsed = self._parsed(query)
        found = self._searcher.search(parsed, limit=HITS)
        generator = tantivy.SnippetGenerator.create(self._searcher, parsed, self._index.schema, "body")
        generator.set_max_num_chars(SNIPPET_CHARS)
        articles = [self._searcher.doc(address) for _, address in found.hits]
        return [generator.snippet_from_doc(article).to_html() for article in articles]

    def close(self) -> None:
        # The binding has no way to close; what it holds is let go.
        self._index = self._searcher = None

    def _parsed(self, query: str) -> Any:
        return self._index.parse_query(" ".join(plain_words(query)), FIELDS)


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", fast=True)
    for field in FIELDS:
        builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
    return builder.build()
