"""bm25s: scores computed when indexing, added up by NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bm25s
import Stemmer

from bench.articles import Article
from bench.engines import HITS, NotOffered, read_ids, write_ids


class Engine:
    """bm25s over one folder of arrays."""

    label = "bm25s, numpy"
    counts_all = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = []
        self._stemmer = Stemmer.Stemmer("english")
        self._model: Any = None

    def version(self) -> str:
        return f"bm25s {version('bm25s')}"

    def build(self, articles: Sequence[Article]) -> None:
        write_ids(self._folder, articles)
        texts = [f"{article.title} {article.text}" for article in articles]
        tokens = bm25s.tokenize(texts, stemmer=self._stemmer, show_progress=False)
        model = bm25s.BM25(backend="numpy")
        model.index(tokens, show_progress=False)
        model.save(self._folder, show_progress=False)

    def open(self) -> None:
        self._ids = read_ids(self._folder)
        self._model = bm25s.BM25.load(self._folder)

    def search(self, query: str) -> list[str]:
        # Words instead of numbers: for one query that is the faster of the two documented ways.
        words = bm25s.tokenize([query], stemmer=self._stemmer, show_progress=False, return_ids=False)
        hits = min(HITS, len(self._ids))
        numbers = self._model.retrieve(words, k=hits, show_progress=False, backend_selection="numpy").documents[0]
        return [self._ids[number] for number in numbers]

    def search_with_snippets(self, query: str) -> list[str]:
        raise NotOffered("none")

    def close(self) -> None:
        self._model = None
