"""Connection of a client: what was received, what is still to be sent, and until when the client has time."""

from __future__ import annotations

import socket
from contextlib import suppress
from enum import Enum
from typing import Any

from kb.web.heads import HeadLimits, head_length

HEAD_SECONDS = 6.0
"""Time to send a whole head, from the connection or, on a kept-alive connection, from the first byte."""

STALL_SECONDS = 20.0
"""Time to take some of an answer."""

SLOWEST_BYTES_PER_SECOND = 10_000
"""Pace at which an answer must be taken on the whole, beside `STALL_SECONDS`."""

LINGER_SECONDS = 2.0
"""Time for a client to take the end of its answer and to close, once nothing more is sent."""

_LINGER_BYTES = 1_000_000
_RECEIVE_BYTES = 16 * 1024


class Phase(Enum):
    """What a connection is doing."""

    RECEIVING = "receiving"
    """Waits for a request or the rest of its head."""
    ANSWERING = "answering"
    """Has a whole request, with a thread or waiting for one."""
    SENDING = "sending"
    """Has an answer that the client has not taken yet."""
    LINGERING = "lingering"
    """Has sent everything, and reads until the client closes: an earlier close could cost the client the answer."""


class Connection:
    """A client's connection; nothing here blocks.

    A thread of the pool owns it while it is ANSWERING, else the main loop.
    """

    __slots__ = (
        "_content",
        "_last_deadline",
        "_lingered",
        "_searched",
        "client",
        "deadline",
        "is_gone",
        "keeps_alive",
        "phase",
        "received",
        "requests",
        "server",
        "since",
        "socket",
        "unsent",
        "watched",
    )

    def __init__(self, sock: socket.socket, client: Any, server: Any, now: float) -> None:
        sock.setblocking(False)
        self.socket = sock
        self.client = client
        self.server = server
        self.phase = Phase.RECEIVING
        self.since = now
        """Begin of waiting for a request, or last time that some of the answer was taken."""
        self.deadline = now + HEAD_SECONDS
        self.received = bytearray()
        self.unsent: memoryview = memoryview(b"")
        self.requests = 0
        self.keeps_alive = True
        self.is_gone = False
        """Whether the client closed or reset the connection."""
        self.watched = 0
        """Events that the main loop looks out for, as the selector names them."""
        self._content = b""
        self._searched = 0
        self._lingered = 0
        self._last_deadline = 0.0

    def fileno(self) -> int:
        return self.socket.fileno()

    @property
    def is_in_exchange(self) -> bool:
        """Whether the client is in the middle of a request or an answer, and is waited for."""
        return bool(self.received) if self.phase is Phase.RECEIVING else self.phase is not Phase.ANSWERING

    @property
    def held_bytes(self) -> int:
        """Memory of the answer until all of it is sent."""
        return len(self._content) if self.unsent else 0

    def receive(self, now: float) -> None:
        """Add to `received` what has arrived, up to 16 KB; set `is_gone` at the end of the stream."""
        try:
            part = self.socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            self.is_gone = True
        elif self.phase is Phase.RECEIVING and not self.received and self.requests:
            self.deadline = now + HEAD_SECONDS
        self.received += part

    def take_head(self, limits: HeadLimits) -> bytes | None:
        """Head of the next request, taken out of `received`; None while it is not whole.

        Raises gunicorn's ParseException as `head_length` does.
        """
        length = head_length(self.received, limits, self._searched)
        if length is None:
            self._searched = len(self.received)
            return None
        head = bytes(self.received[:length])
        del self.received[:length]
        self._searched = 0
        self.requests += 1
        self.phase = Phase.ANSWERING
        return head

    def wait_for_request(self, now: float, seconds: float) -> None:
        """Wait for the next request; a part of one that is there already has the time of a head."""
        self.phase = Phase.RECEIVING
        self.since = now
        self.deadline = now + (HEAD_SECONDS if self.received else seconds)

    def answer_with(self, content: bytes, keeps_alive: bool) -> None:
        """Send an answer, as much as the socket takes at once."""
        self._content = content
        self.unsent = memoryview(content)
        self.keeps_alive = keeps_alive
        self.send()

    def begin_sending(self, now: float) -> None:
        """Wait for the client to take the rest of the answer."""
        self.phase = Phase.SENDING
        self._last_deadline = now + STALL_SECONDS + len(self.unsent) / SLOWEST_BYTES_PER_SECOND
        self._note_progress(now)

    def send_more(self, now: float) -> None:
        """Send some of the rest of the answer."""
        before = len(self.unsent)
        self.send()
        if len(self.unsent) < before:
            self._note_progress(now)

    def send(self) -> None:
        """Send of `unsent` what the socket takes; set `is_gone` if the client is."""
        try:
            while self.unsent:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self.is_gone = True

    def begin_lingering(self, now: float) -> None:
        """End the sending half, and wait for the client to close."""
        self.phase = Phase.LINGERING
        self.since = now
        self.deadline = now + LINGER_SECONDS
        self.received.clear()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def discard_received(self, now: float) -> None:
        """Read and forget; set `is_gone` at the end of the stream, or after one megabyte."""
        self.receive(now)
        self._lingered += len(self.received)
        self.received.clear()
        self.is_gone = self.is_gone or self._lingered > _LINGER_BYTES

    def _note_progress(self, now: float) -> None:
        self.since = now
        self.deadline = min(now + STALL_SECONDS, self._last_deadline)
