"""gunicorn's threaded worker with a deadline for each connection, against slow clients (slowloris attacks).

The original worker waits for the rest of a request without limit, so a few silent clients can occupy every thread.
An overdue connection is shut down, which wakes the waiting thread.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEAD_SECONDS = 6.0
"""Time to receive request line and headers, up to 5 seconds of waiting for the first byte included."""

ANSWER_SECONDS = 60.0
"""Time to make and send the response."""


class DeadlineWorker(ThreadWorker):
    """Threaded worker that disconnects slow clients."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadlines: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Read and answer a request of a connection, in a thread of the pool."""
        self._deadlines[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._deadlines.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request after line and headers were read, in a thread of the pool."""
        self._deadlines[conn] = time.monotonic() + ANSWER_SECONDS
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Shut down overdue connections; called by the main loop about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, deadline in self._deadlines.copy().items():
            if now > deadline and self._deadlines.pop(conn, 0.0):
                # The thread closes the connection: after the shutdown it reads an end of file.
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
