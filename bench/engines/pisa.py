"""PISA: C++, block-max WAND over compressed postings, by the extension module of the package pyterrier-pisa.

The package itself imports PyTerrier, which starts Java; its extension module needs neither.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bench.articles import Article, plain_words
from bench.engines import HITS, NotOffered

PACKAGE = "pyterrier_pisa"
ALGORITHM = "block_max_wand"
ENCODING = "block_simdbp"
SCORER = "bm25"
STEMMER = "porter2"
STOP_WORDS = "terrier"
"""The defaults of the package."""

BATCH = 1_000_000
"""Articles that are inverted at a time: all."""

_UNUSED = ["fwd", "fwd.documents", "fwd.terms", "fwd.urls", "inv.docs", "inv.freqs", "inv.sizes"]
"""Files from which the index is made, and which no search reads."""


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ImportError(f"No module named '{PACKAGE}'")
    return Path(spec.origin).parent


def _import_extension() -> ModuleType:
    """The extension module without its package; raises ImportError."""
    file = next(_package_folder().glob("_pisathon*.so"), None)
    spec = file and importlib.util.spec_from_file_location("_pisathon", file)
    if not spec or spec.loader is None:
        raise ImportError(f"{PACKAGE} has no extension module for this Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pisa: Any = _import_extension()


class Engine:
    """PISA over one index folder; title and text are one field, and texts are not kept."""

    label = "PISA, block-max WAND"
    counts_all = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._context: Any = None

    def version(self) -> str:
        return f"PISA of {PACKAGE.replace('_', '-')} {version(PACKAGE)}"

    def build(self, articles: Sequence[Article]) -> None:
        self._folder.mkdir()
        with _one_core(), _quiet(), tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "articles.txt"
            with lines.open("w", encoding="utf-8") as file:
                file.writelines(map(_line, articles))
            pisa.index(str(lines), str(self._folder), STEMMER, BATCH, 1)
            self._prepare()
        for name in _UNUSED:
            (self._folder / name).unlink(missing_ok=True)

    def open(self) -> None:
        with _quiet():
            self._context = self._prepare()

    def search(self, query: str) -> list[str]:
        # New arrays for each query: the extension would lose the strings of an array that is used again.
        ids = np.empty(HITS, dtype=object)
        found = pisa.retrieve(
            self._context,
            ALGORITHM,
            [(0, " ".join(plain_words(query)))],
            k=HITS,
            threads=1,
            result_qidxs=np.empty(HITS, dtype=np.int32),
            result_docnos=ids,
            result_ranks=np.empty(HITS, dtype=np.int32),
            result_scores=np.empty(HITS, dtype=np.float32),
        )
        return ids[:found].tolist()

    def search_with_snippets(self, query: str) -> list[str]:
        raise NotOffered("none")

    def close(self) -> None:
        self._context = None

    def _prepare(self) -> Any:
        """A context for queries; the compressed postings and the maxima of their blocks are made where missing."""
        context = pisa.RetrievalContext()
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as stop_words:
            words = runpy.run_path(str(_package_folder() / "stopwords.py"))["_STOPWORDS"][STOP_WORDS]
            stop_words.writelines(f"{word}\n" for word in words)
            stop_words.flush()
            pisa.prepare_index(context, str(self._folder), ENCODING, SCORER, STEMMER, stop_fname=stop_words.name)
        return context


def _line(article: Article) -> str:
    words = " ".join(f"{article.title} {article.text}".split())
    return f"{article.id} {words}\n"


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep the threads of the extension, two at least, on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@contextmanager
def _quiet() -> Iterator[None]:
    """Send the output of the extension nowhere: its log goes to standard output, as the page of figures does."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for target, descriptor in enumerate(kept, 1):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.close(nowhere)
