"""Xapian: C++, from a wheel where there is one, else the system's package in this interpreter."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.articles import Article, plain_words
from bench.engines import HITS, SNIPPET_CHARS, read_ids, write_ids

SYSTEM_PACKAGE = Path("/usr/lib/python3/dist-packages/xapian/__init__.py")
"""Debian's python3-xapian; its extension loads wherever the version of Python is the same as Debian's."""

TITLE_WEIGHT = 2
"""How often a word of the title counts."""


def _import_xapian() -> ModuleType:
    """Xapian's bindings; raises ImportError."""
    try:
        return importlib.import_module("xapian")
    except ImportError as error:
        if not SYSTEM_PACKAGE.exists():
            raise ImportError(f"{error}; Debian has it as python3-xapian") from error
    # By its file, so that no other package of the system gets onto the path.
    spec = importlib.util.spec_from_file_location(
        "xapian", SYSTEM_PACKAGE, submodule_search_locations=[str(SYSTEM_PACKAGE.parent)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{SYSTEM_PACKAGE} cannot be imported")
    module = sys.modules["xapian"] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError:
        del sys.modules["xapian"]
        raise
    return module


xapian: Any = _import_xapian()


class Engine:
    """Xapian over one database folder."""

    label = "Xapian"
    counts_all = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = []
        self._stemmer = xapian.Stem("en")
        self._parser = xapian.QueryParser()
        self._parser.set_stemmer(self._stemmer)
        self._parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        self._database: Any = None
        self._enquire: Any = None

    def version(self) -> str:
        return f"Xapian {xapian.version_string()}"

    def build(self, articles: Sequence[Article]) -> None:
        write_ids(self._folder, articles)
        database = xapian.WritableDatabase(str(self._folder), xapian.DB_CREATE)
        terms = xapian.TermGenerator()
        terms.set_stemmer(self._stemmer)
        for article in articles:
            document = xapian.Document()
            document.set_data(article.text)
            terms.set_document(document)
            terms.index_text(article.title, TITLE_WEIGHT)
            terms.increase_termpos()
            terms.index_text(article.text)
            database.add_document(document)
        database.commit()
        database.close()

    def open(self) -> None:
        self._ids = read_ids(self._folder)
        self._database = xapian.Database(str(self._folder))
        self._enquire = xapian.Enquire(self._database)

    def search(self, query: str) -> list[str]:
        # Xapian numbers documents from 1 in the order in which they are added.
        return [self._ids[match.docid - 1] for match in self._matches(query)]

    def search_with_snippets(self, query: str) -> list[str]:
        matches = self._matches(query)
        return [
            matches.snippet(match.document.get_data(), SNIPPET_CHARS, self._stemmer).decode(errors="replace")
            for match in matches
        ]

    def close(self) -> None:
        self._database.close()

    def _matches(self, query: str) -> Any:
        self._enquire.set_query(self._parser.parse_query(" ".join(plain_words(query)), 0))
        return self._enquire.get_mset(0, HITS)
