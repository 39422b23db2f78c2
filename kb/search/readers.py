"""Whoosh searchers for several threads: each is lent to one thread at a time, because none is safe to share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from whoosh.index import open_dir

from kb.search.ranking import Weighting

BorrowReader: TypeAlias = Callable[[], AbstractContextManager[Any]]
"""Lends a Whoosh index reader for the length of a `with` block."""


class Searchers:
    """The open searchers of one generation: as many as threads that ever searched at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._idle: list[Any] = []
        self._closed = False

    @contextmanager
    def searcher(self) -> Iterator[Any]:
        """A Whoosh searcher for this thread alone."""
        with self._lock:
            searcher = self._idle.pop() if self._idle else None
        searcher = searcher or open_dir(str(self._folder)).searcher(weighting=Weighting())
        try:
            yield searcher
        finally:
            with self._lock:
                if not self._closed:
                    self._idle.append(searcher)
                    searcher = None
            if searcher is not None:
                searcher.close()

    @contextmanager
    def reader(self) -> Iterator[Any]:
        """The index reader of such a searcher."""
        with self.searcher() as searcher:
            yield searcher.reader()

    def close(self) -> None:
        """Closes the idle searchers now and each lent one when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for searcher in idle:
            searcher.close()
