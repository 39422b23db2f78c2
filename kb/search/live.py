"""Near-real-time search: a searcher that is reopened when a new generation is published.

The scheme is that of Lucene's `SearcherManager`: readers are immutable, a refresh opens the next reader beside the
current one, and searches under way finish with the reader they began with.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kb.engine.engine import ColumnarEngine
from kb.errors import IndexDamaged, IndexFailure, NoIndex
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.storage.checksums import quick_verify
from kb.storage.generations import Generation, Generations
from kb.text.tokens import Analyzer

REFRESH_INTERVAL_S = 0.2
"""Least time between two looks at the index folder, in seconds."""

RETRY_INTERVAL_S = 5.0
"""Time before a generation that could not be opened is tried again, in seconds."""

_log = logging.getLogger("kb.search")


class LiveSearcher:
    """Searcher of the current generation of an index folder; safe to share between threads."""

    def __init__(
        self, index: Path, settings: Settings, analyzer: Analyzer, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._generations = Generations(index)
        self._settings = settings
        self._analyzer = analyzer
        self._now = now
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._stamp: object = None
        self._refreshed = float("-inf")
        self._failed_stamp: object = None
        self._failed_time = float("-inf")

    def current(self) -> Searcher:
        """Searcher of the current generation, refreshed if the last refresh is `REFRESH_INTERVAL_S` ago.

        Raises NoIndex where nothing is published, and IndexDamaged where every generation is damaged. A generation
        that cannot be opened never replaces an open searcher.
        """
        searcher = self._searcher
        if searcher is not None and not self._is_stale():
            return searcher
        # Opening a large generation takes a while: meanwhile other threads go on with the open searcher.
        if not self._lock.acquire(blocking=searcher is None) and searcher is not None:
            return searcher
        try:
            if self._searcher is None or self._is_stale():
                self._refresh()
            if self._searcher is None:
                raise NoIndex("the index was closed")
            return self._searcher
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            if self._searcher is not None:
                self._searcher.close()
                self._searcher = None

    def _is_stale(self) -> bool:
        return self._now() - self._refreshed >= REFRESH_INTERVAL_S

    def _refresh(self) -> None:
        self._refreshed = self._now()
        stamp: object = None
        try:
            stamp = self._generations.stamp()
            if self._searcher is not None and (stamp == self._stamp or self._failed_recently(stamp)):
                return
            self._swap(open_generation(self._generations.current(), self._settings, self._analyzer))
        except (IndexFailure, OSError) as error:
            if self._searcher is None:
                if not isinstance(error, IndexDamaged):
                    raise
                self._searcher = self._open_older(error)
            elif self._failed_recently(stamp):
                return
            else:
                _log.error("still answering from %s: %s", self._searcher.generation, error)
            self._failed_stamp, self._failed_time = stamp, self._now()
            return
        self._stamp = stamp
        self._failed_time = float("-inf")

    def _failed_recently(self, stamp: object) -> bool:
        return stamp == self._failed_stamp and self._now() - self._failed_time < RETRY_INTERVAL_S

    def _open_older(self, damage: IndexDamaged) -> Searcher:
        """Searcher over the newest older generation that is whole; raises `damage` without one."""
        _log.error("%s", damage)
        for generation in self._generations.older():
            try:
                searcher = open_generation(generation, self._settings, self._analyzer)
            except IndexFailure as error:
                _log.error("%s", error)
            else:
                _log.error("answering from %s instead", generation.name)
                return searcher
        raise damage

    def _swap(self, searcher: Searcher) -> None:
        """Switch to a searcher; the previous searcher closes idle readers now and each lent reader on return."""
        previous, self._searcher = self._searcher, searcher
        if previous is not None:
            previous.close()


def open_generation(generation: Generation, settings: Settings, analyzer: Analyzer) -> Searcher:
    """Searcher over one generation; raises IndexDamaged if a file differs from its manifest."""
    quick_verify(generation)
    return Searcher(ColumnarEngine(generation.path, generation.name, analyzer), analyzer, settings)


def open_index(folder: str | Path = "index", settings: Settings | None = None) -> Searcher:
    """Searcher over the current generation of an index folder, for use from Python; to be closed after use.

    Raises NoIndex or IndexDamaged, and SettingError for a bad `kb.toml` or variable if `settings` is None.
    """
    settings = settings or Settings.load()
    return open_generation(Generations(Path(folder)).current(), settings, Analyzer(settings.language))
