"""The engines that are measured: one adapter each, all with the same few methods."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from bench.articles import Article

HITS = 10
SNIPPET_CHARS = 200

_ADAPTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ours": ("ours", {}),
    # The others search for any of the words; ours does too if asked, but by default it wants most of them.
    "ours-any": ("ours", {"match": "any"}),
    "whoosh": ("whoosh", {}),
    "tantivy": ("tantivy", {}),
    "fts5": ("fts5", {}),
    "xapian": ("xapian", {}),
    "bm25s": ("bm25s", {}),
    "pisa": ("pisa", {}),
    "lucene": ("lucene", {}),
    "before": ("before", {}),
}

NAMES = tuple(_ADAPTERS)


class NotInstalled(Exception):
    """The engine cannot be imported here; the message says why."""


class NotOffered(Exception):
    """The engine has no such thing; the message is what a table says in its place."""


class SearchEngine(Protocol):
    """An engine with one index in one folder."""

    label: str
    counts_all: bool
    """Whether a search counts all matches, or finds only the best and may pass over most matches unseen."""

    def version(self) -> str: ...

    def build(self, articles: Sequence[Article]) -> None:
        """Writes the index, by one thread, so that another process can open it."""
        ...

    def open(self) -> None: ...

    def search(self, query: str) -> Sequence[str]:
        """The ids of the best hits, by the cheapest way that the engine documents; may raise NotOffered."""
        ...

    def search_with_snippets(self, query: str) -> Sequence[str]:
        """A snippet of each of the best hits, empty where the engine makes none; may raise NotOffered."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class ForeignEngine(Protocol):
    """A search engine in a process of its own, beside Python: the way to the process shall not be timed."""

    def start(self) -> None:
        """Start the process: the like of importing a module, before anything is timed."""
        ...

    def hand_over(self, articles: Sequence[Article]) -> None:
        """Send articles to the process, where they stay in memory until `build` indexes them."""
        ...

    def times(self, method: str, queries: Sequence[str]) -> list[int]:
        """The nanoseconds of one call of a method for each query, by the clock of the process."""
        ...


def load(name: str, folder: Path) -> SearchEngine:
    """The adapter of that name over an index folder; raises NotInstalled."""
    module, options = _ADAPTERS[name]
    try:
        engine: SearchEngine = import_module(f"{__name__}.{module}").Engine(folder, **options)
    except ImportError as error:
        raise NotInstalled(f"not installed: {error}") from error
    return engine


def started(name: str, folder: Path) -> SearchEngine:
    """The adapter of that name, ready to be timed; raises NotInstalled."""
    engine = load(name, folder)
    # What an engine imports late, or starts beside Python, is no part of what is timed.
    if start := getattr(engine, "start", None):
        start()
    return engine


def index_name(name: str) -> str:
    """The name of the index that an engine searches: that of its adapter, so that two ways to search share one."""
    return _ADAPTERS[name][0]


def options_of(name: str) -> dict[str, Any]:
    """How the engine of that name searches otherwise than another one with its adapter."""
    return _ADAPTERS[name][1]


def write_ids(folder: Path, articles: Sequence[Article]) -> None:
    """Keeps the ids in the order of the articles, for engines whose own ids are numbers."""
    ids_path(folder).write_text("\n".join(article.id for article in articles), encoding="utf-8")


def read_ids(folder: Path) -> list[str]:
    """The ids that were kept."""
    return ids_path(folder).read_text(encoding="utf-8").split("\n")


def ids_path(folder: Path) -> Path:
    # Beside the index, so that the size of the index is that of the engine's own files.
    return folder.with_name(f"{folder.name}-ids.txt")
