"""Mutual exclusion of the searches of one worker: threads that compute side by side slow each other down.

Python switches threads every few milliseconds and inside some NumPy calls; an interrupted search then waits behind all
running searches and resumes with cold caches. Reading requests and sending responses need no lock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MAX_WAIT_S = 0.1
"""Longest wait for another search, in seconds: behind a slow search, the next begins all the same."""


class SearchLock:
    """Lock with a bounded wait, shared by the threads of a worker."""

    def __init__(self, max_wait: float = MAX_WAIT_S) -> None:
        self._max_wait = max_wait
        self._lock = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; after `max_wait` seconds go on without it."""
        acquired = self._lock.acquire(timeout=self._max_wait)
        try:
            yield
        finally:
            if acquired:
                self._lock.release()
