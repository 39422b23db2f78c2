"""A searcher over whatever generation is current: a new one is picked up between requests, without a restart."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kb.engine.engine import ColumnarEngine
from kb.errors import IndexDamaged, IndexFailure, NoIndex
from kb.indexing.checksums import quick_verify
from kb.indexing.generations import Generation, Generations
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.text.tokens import Analyzer

LOOK_EVERY_S = 0.2
"""How often, at most, the index folder is looked at."""

TRY_AGAIN_S = 5.0
"""How long after a generation could not be opened it is tried again, if it is current still."""

_log = logging.getLogger("kb.search")


class LiveSearcher:
    """The current generation of an index folder, open; safe to share between threads."""

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
        self._looked = float("-inf")
        self._failed: object = None
        self._failed_at = float("-inf")

    def current(self) -> Searcher:
        """The searcher of the current generation.

        Raises NoIndex where nothing is published, and IndexDamaged where no generation is as it was published. A
        generation that cannot be opened never replaces one that is open.
        """
        searcher = self._searcher
        if searcher is not None and self._now() - self._looked < LOOK_EVERY_S:
            return searcher
        # To open a large generation takes a while; meanwhile the others go on with the searcher that there is.
        if not self._lock.acquire(blocking=searcher is None) and searcher is not None:
            return searcher
        try:
            if self._searcher is None or self._now() - self._looked >= LOOK_EVERY_S:
                self._look()
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

    def _look(self) -> None:
        self._looked = self._now()
        stamp: object = None
        try:
            stamp = self._generations.stamp()
            if self._searcher is not None and (stamp == self._stamp or self._failed_lately(stamp)):
                return
            self._replace(self._open())
        except (IndexFailure, OSError) as error:
            if self._searcher is None:
                raise
            if not self._failed_lately(stamp):
                _log.error("still answering from %s: %s", self._searcher.generation, error)
                self._failed, self._failed_at = stamp, self._now()
            return
        self._stamp = stamp
        self._failed_at = float("-inf")

    def _failed_lately(self, stamp: object) -> bool:
        return stamp == self._failed and self._now() - self._failed_at < TRY_AGAIN_S

    def _open(self) -> Searcher:
        try:
            return open_generation(self._generations.current(), self._settings, self._analyzer)
        except IndexDamaged as error:
            if self._searcher is not None:
                raise
            _log.error("%s", error)
            return self._open_older(error)

    def _open_older(self, damage: IndexDamaged) -> Searcher:
        for generation in self._generations.older():
            try:
                searcher = open_generation(generation, self._settings, self._analyzer)
            except IndexFailure as error:
                _log.error("%s", error)
            else:
                _log.error("answering from %s instead", generation.name)
                return searcher
        raise damage

    def _replace(self, searcher: Searcher) -> None:
        """Switches to a searcher; the one before closes its idle readers now and each lent one when it comes back."""
        before, self._searcher = self._searcher, searcher
        if before is not None:
            before.close()


def open_generation(generation: Generation, settings: Settings, analyzer: Analyzer) -> Searcher:
    """A searcher over one generation; raises IndexDamaged if a file of it is not as it was published."""
    quick_verify(generation)
    return Searcher(ColumnarEngine(generation.path, generation.name, analyzer), analyzer, settings)


def open_index(folder: str | Path = "index", settings: Settings | None = None) -> Searcher:
    """A searcher over the current generation of an index folder, for use from Python; close it when done.

    Raises NoIndex or IndexDamaged, and SettingError for a bad `kb.toml` or variable where no settings are given.
    """
    settings = settings or Settings.load()
    return open_generation(Generations(Path(folder)).current(), settings, Analyzer(settings.language))
