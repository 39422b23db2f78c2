"""gunicorn's arbiter with a second task: to look after the watcher, the process to keep the index fresh.

No thread: the arbiter forks the workers, and a lock held by a thread stays locked for ever in a fork.
"""

from __future__ import annotations

import time
from typing import Any

from kb.supervisor import Supervisor
from kb.web.draining import DrainingArbiter

WATCHER_END_SECONDS = 10.0
"""Patience with the watcher from the beginning of a stop: perhaps in the middle of a large file."""


class WatchingArbiter(DrainingArbiter):
    """Arbiter of the workers and, if given, of the watcher."""

    def __init__(self, app: Any, watcher: Supervisor | None) -> None:
        self._watcher = watcher
        super().__init__(app)

    def start(self) -> None:
        """Begin to listen, and start the watcher."""
        super().start()
        if self._watcher:
            self._watcher.look()

    def murder_workers(self) -> None:
        """Kill hanging processes; called by the main loop about once a second."""
        super().murder_workers()
        if self._watcher:
            self._watcher.look()

    def reap_workers(self) -> None:
        """Take note of ended processes."""
        # First: the original waits for any child, and would take the watcher's exit status.
        if self._watcher:
            self._watcher.notice_end()
        super().reap_workers()

    def stop(self, graceful: bool = True) -> None:
        """End the watcher and the workers."""
        started = time.monotonic()
        if self._watcher:
            self._watcher.stop()
        super().stop(graceful)
        if self._watcher:
            self._watcher.wait(max(0.0, WATCHER_END_SECONDS - (time.monotonic() - started)))
