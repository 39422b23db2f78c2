"""A small load generator: as many keep-alive connections as asked, each with one request under way."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Load(NamedTuple):
    """What a server did under load."""

    answers: int
    refused: int
    """Answers with another status than 200."""
    body_bytes: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds


def offer_load(port: int, paths: Sequence[str], connections: int, seconds: float, at_most: int) -> Load:
    """Asks for the paths in turn until the time or the number of answers is reached."""
    requests = cycle([f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for path in paths])
    with selectors.DefaultSelector() as ready:
        clients = [_Client(port, ready, requests) for _ in range(connections)]
        started = time.perf_counter()
        while (passed := time.perf_counter() - started) < seconds and sum(c.answers for c in clients) < at_most:
            for key, _ in ready.select(timeout=1):
                key.data.receive()
        for client in clients:
            client.close()
    return Load(
        sum(client.answers for client in clients),
        sum(client.refused for client in clients),
        sum(client.body_bytes for client in clients),
        passed,
    )


class _Client:
    """One connection, made anew where the server ends it."""

    def __init__(self, port: int, ready: selectors.BaseSelector, requests: Iterator[bytes]) -> None:
        self._port = port
        self._ready = ready
        self._requests = requests
        self.answers = self.refused = self.body_bytes = 0
        self._connect()

    def receive(self) -> None:
        """Takes what has arrived; after a whole answer, sends the next request."""
        try:
            part = self._socket.recv(1 << 16)
        except ConnectionError:
            part = b""
        self._received += part
        if not part:
            self.close()
            self._connect()
        elif (length := _body_length(self._received)) is not None:
            self.answers += 1
            self.refused += not self._received.startswith(b"HTTP/1.1 200")
            self.body_bytes += length
            self._ask()

    def close(self) -> None:
        self._ready.unregister(self._socket)
        self._socket.close()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ready.register(self._socket, selectors.EVENT_READ, self)
        self._ask()

    def _ask(self) -> None:
        self._received = b""
        self._socket.sendall(next(self._requests))


def _body_length(received: bytes) -> int | None:
    """The length of the body of an answer that is all there; None while it is not."""
    head, end, body = received.partition(_HEAD_END)
    if not end:
        return None
    lines = head.lower().split(b"\r\n")
    length = next(int(line[len(_LENGTH) :]) for line in lines if line.startswith(_LENGTH))
    return length if len(body) >= length else None
