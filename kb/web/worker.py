"""gunicorn's threaded worker, with a limit on how long one connection can keep a thread waiting.

As it comes, a thread that has received the first byte of a request waits for the rest for ever: as many silent clients
as there are threads stop the service. Here a connection that takes too long is shut down, which wakes its thread.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEAD_SECONDS = 6.0
"""To receive a request's line and headers. gunicorn waits for the first byte for up to 5 seconds of these."""

ANSWER_SECONDS = 60.0
"""To make the answer, and for the client to take it."""


class DeadlineWorker(ThreadWorker):
    """A threaded worker that gives up on slow clients."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadlines: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """In a thread: read one request of a connection and answer it."""
        self._deadlines[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._deadlines.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """In a thread: answer a request whose line and headers have been read."""
        self._deadlines[conn] = time.monotonic() + ANSWER_SECONDS
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """In the main loop, about once a second: close what waits for too long."""
        super().murder_pending()
        now = time.monotonic()
        for conn, deadline in self._deadlines.copy().items():
            if now > deadline and self._deadlines.pop(conn, 0.0):
                # Closing is up to the thread; a shut down connection reads as one that the client has ended.
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
