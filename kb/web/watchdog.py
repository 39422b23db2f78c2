"""Ends a worker that is stuck in a request, so that the server replaces it.

gunicorn's own time-out watches the thread that accepts connections; in a threaded worker that one stays well while a
request spins for ever. So each worker watches its requests itself.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import falcon

PARTING_SECONDS = 2.0
"""How long the other requests of a worker that is being ended may take to finish."""

_EXIT_STATUS = 70

log = logging.getLogger("kb.web")


class _Running(NamedTuple):
    started: float
    what: str


class Watchdog:
    """Middleware that knows the running requests, and a thread that looks for one older than `seconds`.

    The thread starts with the first request, which is after the fork.
    """

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        end_worker: Callable[[Watchdog], None] | None = None,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end_worker = end_worker or _end_worker
        self._running: dict[int, _Running] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        # The path alone: what people search for does not belong in a log of failures.
        self._running[threading.get_ident()] = _Running(self._clock(), f"{req.method} {req.path}")
        if self._thread is None:
            self._start()

    def process_response(self, _req: falcon.Request, _resp: falcon.Response, _resource: Any, _succeeded: bool) -> None:
        self._running.pop(threading.get_ident(), None)

    def overdue(self) -> dict[int, str]:
        """The threads that have been at one request for too long, and at which."""
        now = self._clock()
        # A copy, because other threads start and finish requests meanwhile; copying a dict is one step of theirs.
        running = self._running.copy()
        return {thread: what for thread, (started, what) in running.items() if now - started > self._seconds}

    def is_waiting_for_others(self) -> bool:
        """Whether requests are running that are not overdue."""
        return len(self._running) > len(self.overdue())

    def look(self) -> bool:
        """Whether no request is overdue; otherwise log where each stands and end the worker."""
        overdue = self.overdue()
        if not overdue:
            return True
        for thread, what in overdue.items():
            log.critical("%s has run for more than %g s:\n%s", what, self._seconds, _stack(thread))
        self._end_worker(self)
        return False

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="kb-watchdog", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while self.look():
            time.sleep(min(1.0, self._seconds / 4))


def _stack(thread: int) -> str:
    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else "(it has just ended)"


def _end_worker(watchdog: Watchdog) -> None:
    # TERM makes the worker accept no more and finish what it has; the stuck request would keep it from ever ending.
    os.kill(os.getpid(), signal.SIGTERM)
    parting = time.monotonic() + PARTING_SECONDS
    while watchdog.is_waiting_for_others() and time.monotonic() < parting:
        time.sleep(0.05)
    os._exit(_EXIT_STATUS)
