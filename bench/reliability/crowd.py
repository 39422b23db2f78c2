"""Slow clients: hundreds of connections from one process, which occupy a service and want little of it."""

from __future__ import annotations

import resource
import socket
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from types import TracebackType
from typing import NamedTuple

from bench.reliability.client_process import ClientProcess

LARGE = b"GET /v1/search?q=stone&limit=100&snippets=5 HTTP/1.1\r\nHost: crowd\r\n\r\n"
"""A request whose answer is larger than what a socket holds."""

TICK_S = 0.1
DRIP_S = 1.0
"""Seconds between two bytes of a slow client, and between two connections of one that was disconnected."""

_ESTABLISHED = 1
_CONNECTING = 2


class Habit(NamedTuple):
    """What a kind of slow client sends.

    opening  bytes sent at once
    drip     bytes sent one a second afterwards, again and again
    reads    whether it takes what it gets
    """

    opening: bytes
    drip: bytes
    reads: bool


HABITS = {
    "silent": Habit(b"", b"", reads=True),
    "slow head": Habit(b"GET /v1/search?q=stone HTTP/1.1\r\n", b"X-Slow: 1\r\n", reads=True),
    "slow body, POST": Habit(
        b"POST /v1/search HTTP/1.1\r\nHost: crowd\r\nContent-Length: 100000\r\n\r\n", b"a", reads=True
    ),
    "slow body, chunked": Habit(
        b"GET /v1/search?q=stone HTTP/1.1\r\nHost: crowd\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\na\r\n",
        reads=True,
    ),
    "not reading": Habit(LARGE, b"", reads=False),
    "pipelining, not reading": Habit(LARGE * 20, b"", reads=False),
}


class Crowd(ClientProcess):
    """So many clients of a habit, connected for as long as the block lasts."""

    def __init__(self, port: int, habit: str, clients: int) -> None:
        super().__init__(_gather, port, habit, clients)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


# What follows runs in the clients' process.


class SlowClient:
    """One connection, made anew where the service ended it."""

    def __init__(self, port: int, habit: Habit, begin: float = float("-inf")) -> None:
        """`begin` is the time of the first connection: clients who begin together are disconnected together."""
        self._port = port
        self._habit = habit
        self._socket: socket.socket | None = None
        self._connected = begin - DRIP_S
        self._sent = 0
        self._next_drip = 0.0

    def tick(self, now: float) -> None:
        """Connect, or send what is due; take what has come."""
        if self._socket is None:
            if now - self._connected >= DRIP_S:
                self._connect(now)
            return
        state = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        if state == _CONNECTING:
            return
        if state != _ESTABLISHED:
            self.close()
            return
        try:
            self._talk(now)
        except BlockingIOError:
            pass
        except OSError:
            self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self, now: float) -> None:
        self._socket = socket.socket()
        self._socket.setblocking(False)
        if not self._habit.reads:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._connected, self._sent, self._next_drip = now, 0, now + DRIP_S
        self._socket.connect_ex(("127.0.0.1", self._port))

    def _talk(self, now: float) -> None:
        assert self._socket is not None
        opening, drip, reads = self._habit
        if self._sent < len(opening):
            self._sent += self._socket.send(opening[self._sent :])
        elif drip and now >= self._next_drip:
            position = (self._sent - len(opening)) % len(drip)
            self._sent += self._socket.send(drip[position : position + 1])
            self._next_drip = now + DRIP_S
        if reads:
            self._socket.recv(1 << 16)


def _gather(port: int, habit: str, clients: int, stop: Event, ready: Connection) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    begin = time.monotonic()
    crowd = [SlowClient(port, HABITS[habit], begin + DRIP_S * number / clients) for number in range(clients)]
    told = False
    while not stop.is_set():
        now = time.monotonic()
        for client in crowd:
            client.tick(now)
        if not told and now - begin > DRIP_S:
            ready.send("connected")
            told = True
        stop.wait(max(0.0, TICK_S - (time.monotonic() - now)))
    for client in crowd:
        client.close()
