"""Engines in processes of their own, so that none pays for another's memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from bench.articles import Source
from bench.engines import ForeignEngine, NotOffered, SearchEngine, started
from bench.proc import family_of, memory_of
from bench.timing import time_each

SEARCH = "search"
SNIPPETS = "search_with_snippets"

WARM_UP = 10_000
"""Queries before Java, which compiles what has run often, runs as fast as it will."""

_T = TypeVar("_T")

_SPAWN = get_context("spawn")
"""A fork would start with the memory of this process."""


class Build(NamedTuple):
    """What building an index took, and what it takes on disk."""

    articles: int
    seconds: float
    size: int


class EngineProcess:
    """One engine with its index open, in a process that lives as long as this."""

    def __init__(self, name: str, folder: Path) -> None:
        self._pool = ProcessPoolExecutor(1, _SPAWN, initializer=_load, initargs=(name, folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()

    def open(self, query: str) -> float:
        """The milliseconds from opening the index to the first answer."""
        return self._run(_open, query)

    def times(self, method: str, queries: Sequence[str]) -> list[int]:
        """The nanoseconds of each query; raises NotOffered."""
        return self._run(_times, method, queries)

    def warm_up(self, method: str, queries: Sequence[str]) -> None:
        """Repeat the queries where the engine's code is still being compiled after one pass."""
        self._run(_warm_up, method, queries)

    def empty_share(self, queries: Sequence[str]) -> float:
        """How many of the hits of all queries have no snippet, as a share of 1; raises NotOffered."""
        return self._run(_empty_share, queries)

    def private_bytes(self) -> int:
        """The memory that this process and its children have for themselves and share with no other."""
        return self._run(_private_bytes_in_all)

    def _run(self, task: Callable[..., _T], *arguments: object) -> _T:
        return self._pool.submit(task, *arguments).result()


def build(name: str, folder: Path, source: Source, method: str = "build") -> Build:
    """Builds an index in a new process; raises NotOffered where the engine cannot be built by that method."""
    with ProcessPoolExecutor(1, _SPAWN) as pool:
        return pool.submit(_build, name, folder, source, method).result()


def _build(name: str, folder: Path, source: Source, method: str) -> Build:
    engine = started(name, folder)
    if not hasattr(engine, method):
        raise NotOffered("-")
    articles = source.articles()
    if isinstance(engine, ForeignEngine):
        engine.hand_over(articles)
    begin = time.perf_counter()
    getattr(engine, method)(articles)
    seconds = time.perf_counter() - begin
    return Build(len(articles), seconds, _size(folder))


def _size(folder: Path) -> int:
    """The bytes of all files in a folder, those with several names counted once."""
    files = {file.stat().st_ino: file.stat().st_size for file in folder.rglob("*") if file.is_file()}
    return sum(files.values())


# What follows runs in the engine's process.

_engine: SearchEngine


def _load(name: str, folder: Path) -> None:
    global _engine
    _engine = started(name, folder)


def _open(query: str) -> float:
    begin = time.perf_counter()
    _engine.open()
    _answer(query)
    return 1000 * (time.perf_counter() - begin)


def _answer(query: str) -> None:
    try:
        _engine.search_with_snippets(query)
    except NotOffered:
        _engine.search(query)


def _times(method: str, queries: Sequence[str]) -> list[int]:
    if isinstance(_engine, ForeignEngine):
        return _engine.times(method, queries)
    return time_each(getattr(_engine, method), queries)


def _warm_up(method: str, queries: Sequence[str]) -> None:
    if isinstance(_engine, ForeignEngine):
        for _ in range(WARM_UP // len(queries)):
            _engine.times(method, queries)


def _empty_share(queries: Sequence[str]) -> float:
    snippets = [snippet for query in queries for snippet in _engine.search_with_snippets(query)]
    return sum(not snippet for snippet in snippets) / max(1, len(snippets))


def _private_bytes_in_all() -> int:
    return sum(memory_of(process).private for process in family_of(os.getpid()))
