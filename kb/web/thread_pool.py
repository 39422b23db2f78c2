"""Threads that turn whole requests into answers, and say so to the main loop.

Requests of clients that wait for an answer go first. A request that was sent before the answer to the one before it
(pipelining) is patient: a client that sends many and reads nothing takes only the time that nobody else wants.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from queue import SimpleQueue

from kb.web.connection import Connection
from kb.web.exchange import Exchange


class ThreadPool:
    """A fixed number of threads.

    The threads are daemons: a stuck request does not keep its process from ending.
    """

    def __init__(self, threads: int, exchange: Exchange, wake: Callable[[], None]) -> None:
        self._exchange = exchange
        self._wake = wake
        self._urgent: deque[tuple[Connection, bytes]] = deque()
        self._patient: deque[tuple[Connection, bytes]] = deque()
        self._permits: SimpleQueue[None] = SimpleQueue()
        """One for each request in the two."""
        self._answered: deque[Connection] = deque()
        for number in range(threads):
            threading.Thread(target=self._serve, name=f"kb-answers-{number}", daemon=True).start()

    def submit(self, connection: Connection, head: bytes, is_urgent: bool = True) -> None:
        """Have the request with a head answered; the connection is the threads' until `answered` gives it back."""
        (self._urgent if is_urgent else self._patient).append((connection, head))
        self._permits.put(None)

    def answered(self) -> Iterator[Connection]:
        """Connections with an answer, of which as much is sent as the socket took at once."""
        while self._answered:
            yield self._answered.popleft()

    def _serve(self) -> None:
        while True:
            connection, head = self._next()
            try:
                connection.answer_with(*self._exchange.answer(head, connection))
            except BaseException:  # not even a refusal could be made, as without memory: the thread stays
                connection.is_gone = True
            self._answered.append(connection)
            self._wake()

    def _next(self) -> tuple[Connection, bytes]:
        self._permits.get()
        try:
            return self._urgent.popleft()
        except IndexError:
            return self._patient.popleft()
