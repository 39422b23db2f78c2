"""Near-real-time search: a searcher that is reopened when a new generation is published.

The scheme is that of Lucene's `SearcherManager`: readers are immutable, a refresh opens the next reader beside the
current one, and searches under way finish with the reader they began with.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from weakref import finalize, ref

from kb.engine.engine import ColumnarEngine
from kb.errors import IndexDamaged, IndexFailure
from kb.search.scrub import Pause, Scrubber
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.storage.checksums import deep_verify, quick_verify, slow_verify
from kb.storage.damage_notes import note_damage, noted_damage
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
        self._generation: Generation | None = None
        """The generation of the searcher, with the manifest as read at opening."""
        self._damaged: dict[str, str] = {}
        """The problem of each generation that was found damaged while open, by seal."""
        # Only a weak reference: the thread is no reason to keep the searcher.
        self._scrubber = Scrubber(partial(_look_over, ref(self)), settings.scrub_minutes, now)
        finalize(self, self._scrubber.stop)

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
                self._scrubber.start()
            return self._searcher
        finally:
            self._lock.release()

    def suspect(self) -> None:
        """Look over the files soon: a request failed for no reason that is known."""
        self._scrubber.hurry()

    def look_over(self, pause: Pause = lambda _: None) -> None:
        """Hash the files of the open generation, with pauses; if they are damaged, no search uses them any longer.

        The best generation that is whole takes over. If there is none, searches are refused until a build makes one.
        """
        # The searcher is not kept meanwhile: its files are closed when another takes over.
        generation = self._generation
        if generation is None:
            return
        try:
            slow_verify(generation, pause)
        except IndexDamaged as error:
            if _is_still_there(generation):
                self._withdraw(generation.seal, str(error))

    def close(self) -> None:
        """Close the searcher, even where lent; the next call of `current` opens a new searcher."""
        self._scrubber.stop()
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
        searcher, problem = self._searcher, ""
        stamp: object = None
        try:
            stamp = self._generations.stamp()
            if searcher is not None and searcher.seal in noted_damage(self._generations.folder):
                self.suspect()
            if searcher is not None and self._is_settled(stamp):
                return searcher
            best = open_best(self._generations, self._opened)
            problem = best.problem
            # What is open is whole, and newer than a substitute.
            if searcher is None or not problem:
                self._generation, searcher = best.generation, best.opened
        except (IndexFailure, OSError) as error:
            if searcher is None:
                raise
            problem = str(error)
        if problem:
            self._failed_stamp, self._failed_time = stamp, self._now()
        else:
            self._stamp = stamp
        self._report(problem, searcher)
        return searcher

    def _withdraw(self, seal: str, problem: str) -> None:
        """Answer from the best generation that is whole by hash, instead of the damaged one with this seal."""
        with self._lock:
            self._damaged[seal] = problem
            note_damage(self._generations.folder, seal)
            if self._searcher is None or self._searcher.seal != seal:
                return
            try:
                self._stamp = self._generations.stamp()
                best = open_best(self._generations, self._opened_whole)
            except (IndexFailure, OSError) as error:
                _log.error("%s; no other generation is whole: %s", problem, error)
                self._searcher = self._generation = None
            else:
                _log.error("%s", substitution_notice(problem, best.generation.name))
                self._searcher, self._generation = best.opened, best.generation

    def _opened_whole(self, generation: Generation) -> Searcher:
        """Searcher over a generation, every file of which is hashed before; raises IndexDamaged."""
        if generation.seal not in self._damaged:
            try:
                deep_verify(generation)
            except IndexDamaged as error:
                self._damaged[generation.seal] = str(error)
        return self._opened(generation)

    def _opened(self, generation: Generation) -> Searcher:
        """The open searcher if it has the content of the generation, else another.

        Raises IndexDamaged, also for a generation that was found damaged while open.
        """
        if problem := self._damaged.get(generation.seal):
            raise IndexDamaged(problem)
        if self._searcher is not None and self._searcher.seal == generation.seal:
            return self._searcher
        try:
            return open_generation(generation, self._settings, self._analyzer)
        except IndexDamaged as error:
            # Hashed in full, as others noted the damage: once is enough.
            if generation.seal in noted_damage(self._generations.folder):
                self._damaged[generation.seal] = str(error)
            raise

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


def _look_over(searcher: ref[LiveSearcher], pause: Pause) -> None:
    """Look over the files of a searcher, unless nobody has it any longer."""
    if live := searcher():
        live.look_over(pause)


def _is_still_there(generation: Generation) -> bool:
    """Whether the folder still is this generation: not removed by a build, and not of another index."""
    if not generation.path.is_dir():
        return False
    try:
        return Generation(generation.path).seal == generation.seal
    except IndexDamaged:
        return True


def open_generation(generation: Generation, settings: Settings, analyzer: Analyzer) -> Searcher:
    """Searcher over one generation; raises IndexDamaged if a file differs from its manifest or makes no sense."""
    quick_verify(generation)
    try:
        engine = ColumnarEngine(generation.path, generation.name, analyzer)
    except (IndexFailure, OSError, MemoryError):
        raise
    except Exception as error:
        # Large files are not hashed at opening: their content may be anything.
        raise IndexDamaged(f"{generation.path} cannot be opened: {error!r}") from error
    return Searcher(engine, analyzer, settings, generation.seal)


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
