"""Scrubbing: a thread that now and then looks over the files of the open generation, and soon after a failed request.

A disk that fails changes content without the file system's knowledge; only reading everything finds that. File systems
with checksums scrub for the same reason. The thread rests nine tenths of the time, so that searches do not notice. The
priority is the usual one: whatever holds the interpreter's lock must not wait for other processes.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

Pause: TypeAlias = Callable[[float], None]
"""Called after each piece of work with the seconds that it took."""

FIRST_LOOK_S = 60.0
"""Most seconds before the first look: a worker may have begun with a generation that others found damaged."""

LEAST_INTERVAL_S = 60.0
"""Least seconds between a look and the next look after a failed request."""

_REST = 9.0
"""Seconds of rest for each second of work."""

_log = logging.getLogger("kb.search")


class _Stopped(Exception):
    """The scrubber was stopped in the middle of a look."""


class Scrubber:
    """Scrubber of one searcher, at rest until `start`; a forked process starts a thread of its own."""

    def __init__(self, look: Callable[[Pause], None], minutes: int, now: Callable[[], float] = time.monotonic) -> None:
        """
        look     verifies the files in pieces, and calls its argument after each
        minutes  between two looks; 0: no look at all
        """
        self._look = look
        self._interval = 60.0 * minutes
        self._now = now
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._wake, self._stop = threading.Event(), threading.Event()

    def start(self) -> None:
        """Look from now on, by a thread of this process; without effect if it runs already."""
        with self._lock:
            # A thread of the process that this one was forked from is not alive here.
            if self._interval and not (self._thread and self._thread.is_alive() and not self._stop.is_set()):
                self._wake, self._stop = threading.Event(), threading.Event()
                events = self._wake, self._stop
                self._thread = threading.Thread(target=self._run, args=events, name="scrubber", daemon=True)
                self._thread.start()

    def hurry(self) -> None:
        """Look at once, or a minute after the last look."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread, in the middle of a look if need be."""
        self._stop.set()
        self._wake.set()

    def _run(self, wake: threading.Event, stop: threading.Event) -> None:
        def rest(seconds: float) -> None:
            if stop.wait(_REST * seconds):
                raise _Stopped

        # Not all workers at the same time.
        patience, last = random.uniform(0, min(FIRST_LOOK_S, self._interval)), float("-inf")  # noqa: S311 - no secret
        while not stop.is_set():
            wake.wait(patience)
            if stop.wait(max(0.0, last + LEAST_INTERVAL_S - self._now())):
                return
            wake.clear()
            try:
                self._look(rest)
            except _Stopped:
                return
            except Exception:
                _log.exception("the files of the index could not be looked over")
            patience, last = self._interval, self._now()
