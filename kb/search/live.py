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
from kb.errors import IndexFailure
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.storage.checksums import quick_verify
from kb.storage.generations import Generation, Generations
from kb.storage.opening import open_best, substitution_notice
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
        self._reported = ""

    def current(self) -> Searcher:
        """Searcher of the current generation, refreshed if the last refresh is `REFRESH_INTERVAL_S` ago.

        Raises NoIndex where nothing is published, and IndexDamaged where every generation is damaged. A substitute for
        a generation that cannot be opened never replaces an open searcher.
        """
        searcher = self._searcher
        if searcher is not None and not self._is_stale():
            return searcher
        # Opening a large generation takes a while: meanwhile other threads go on with the open searcher.
        if not self._lock.acquire(blocking=searcher is None) and searcher is not None:
            return searcher
        try:
            if self._searcher is None or self._is_stale():
                self._searcher = self._refreshed_searcher()
            return self._searcher
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the searcher, those that were lent included; a call of `current` opens another."""
        with self._lock:
            if self._searcher is not None:
                self._searcher.close()
                self._searcher = None

    def _is_stale(self) -> bool:
        return self._now() - self._refreshed >= REFRESH_INTERVAL_S

    def _refreshed_searcher(self) -> Searcher:
        """Searcher of the generation of the moment; raises IndexFailure if none can be opened and none is open.

        The searcher before is not closed, as others may be about to call it: its files are closed when nobody has it.
        """
        self._refreshed = self._now()
        stamp: object = None
        try:
            stamp = self._generations.stamp()
            if self._searcher is not None and self._is_settled(stamp):
                return self._searcher
            searcher, problem = self._open_best()
        except (IndexFailure, OSError) as error:
            if self._searcher is None:
                raise
            searcher, problem = self._searcher, str(error)
        if problem:
            self._failed_stamp, self._failed_time = stamp, self._now()
            # What is open is whole, and newer than a substitute.
            searcher = self._searcher or searcher
        else:
            self._stamp = stamp
        self._report(problem, searcher)
        return searcher

    def _open_best(self) -> tuple[Searcher, str]:
        """Searcher over the best generation of the folder, and the problem of the current generation, or ""."""
        best = open_best(self._generations, self._opened)
        return best.opened, best.problem

    def _opened(self, generation: Generation) -> Searcher:
        """The open searcher if it has the content of the generation, else another."""
        if self._searcher is not None and self._searcher.seal == generation.seal:
            return self._searcher
        return open_generation(generation, self._settings, self._analyzer)

    def _is_settled(self, stamp: object) -> bool:
        """Whether there is nothing new to open, or it could not be opened a moment ago."""
        if stamp == self._stamp:
            self._reported = ""
            return True
        return stamp == self._failed_stamp and self._now() - self._failed_time < RETRY_INTERVAL_S

    def _report(self, problem: str, searcher: Searcher) -> None:
        """Log a problem, once however often it is met."""
        if problem and problem != self._reported:
            _log.warning("%s", substitution_notice(problem, searcher.generation))
        self._reported = problem


def open_generation(generation: Generation, settings: Settings, analyzer: Analyzer) -> Searcher:
    """Searcher over one generation; raises IndexDamaged if a file differs from its manifest."""
    quick_verify(generation)
    return Searcher(ColumnarEngine(generation.path, generation.name, analyzer), analyzer, settings, generation.seal)


def open_index(folder: str | Path = "index", settings: Settings | None = None) -> Searcher:
    """Searcher over the current generation of an index folder, for use from Python; to be closed after use.

    Where the current generation is damaged, the newest whole generation is opened, and a warning logged. Raises NoIndex
    or IndexDamaged, and SettingError for a bad `kb.toml` or variable if `settings` is None.
    """
    settings = settings or Settings.load()
    analyzer = Analyzer(settings.language)
    best = open_best(Generations(Path(folder)), lambda found: open_generation(found, settings, analyzer))
    if best.problem:
        _log.warning("%s", substitution_notice(best.problem, best.generation.name))
    return best.opened
