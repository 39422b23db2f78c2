"""Watchdog: end a worker with a stuck request, for the server to replace.

gunicorn's time-out watches the thread that accepts connections, and a threaded worker accepts connections while a
request spins for ever. Each worker therefore watches the requests in progress.
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

GRACE_SECONDS = 4.0
"""Most time for an ending worker to answer the requests that were accepted, besides those that are stuck."""

QUIET_SECONDS = 1.2
"""Time without such a request after which none is to come: longer than an ending worker accepts connections."""

_EXIT_STATUS = 70

log = logging.getLogger("kb.web")


class _InProgress(NamedTuple):
    """A request in progress."""

    started: float
    """By the watchdog's clock, in seconds."""
    request: str
    """Method and path."""


class Watchdog:
    """Middleware that records the requests in progress, and a thread that looks for requests older than `seconds`.

    The first request starts the thread, as a thread does not survive a fork.
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
        self._running: dict[int, _InProgress] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        # Without the query string: search texts are private and not for the log.
        self._running[threading.get_ident()] = _InProgress(self._clock(), f"{req.method} {req.path}")
        if self._thread is None:
            self._start()

    def process_response(self, _req: falcon.Request, _resp: falcon.Response, _resource: Any, _succeeded: bool) -> None:
        self._running.pop(threading.get_ident(), None)

    def overdue(self) -> dict[int, str]:
        """Requests in progress for longer than `seconds`, by thread id."""
        now = self._clock()
        # A copy, as threads begin and finish requests meanwhile; copying a dict is atomic.
        running = self._running.copy()
        return {thread: request for thread, (started, request) in running.items() if now - started > self._seconds}

    def has_timely_requests(self) -> bool:
        """Whether any request in progress is not overdue."""
        return len(self._running) > len(self.overdue())

    def check(self) -> bool:
        """Whether no request is overdue; else log a stack trace of each and end the worker."""
        overdue = self.overdue()
        if not overdue:
            return True
        for thread, request in overdue.items():
            _log_with_stack(f"{request} has run for more than {self._seconds:g} s", _stack(thread))
        self._end_worker(self)
        return False

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="kb-watchdog", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while self.check():
            time.sleep(min(1.0, self._seconds / 4))


def _stack(thread: int) -> str:
    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else "(it has just ended)"


def _log_with_stack(message: str, stack: str) -> None:
    record = log.makeRecord(log.name, logging.CRITICAL, __file__, 0, "%s", (message,), None, sinfo=stack)
    log.handle(record)


def _end_worker(watchdog: Watchdog) -> None:
    # TERM stops accepting and answers what was accepted; a stuck request never ends, hence _exit.
    os.kill(os.getpid(), signal.SIGTERM)
    wait_until_quiet(watchdog.has_timely_requests)
    os._exit(_EXIT_STATUS)


def wait_until_quiet(is_busy: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
    """Wait until `is_busy` was false for `QUIET_SECONDS`, but no longer than `GRACE_SECONDS`."""
    begin = busy = clock()
    while (now := clock()) - begin < GRACE_SECONDS and now - busy < QUIET_SECONDS:
        if is_busy():
            busy = now
        time.sleep(0.02)
