"""Reactor: the loop between the sockets of a worker and its threads; nothing in it waits for a client.

A head is received piece by piece, whatever its pace. A whole one goes to a thread, which makes the answer, and comes
back for what the client does not take at once. So a slow client holds a descriptor and some memory, and no thread.
"""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http.errors import ParseException

from kb.web.connection import Connection, Phase
from kb.web.connections import Connections
from kb.web.exchange import Exchange
from kb.web.heads import HeadLimits
from kb.web.thread_pool import ThreadPool

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE

CHECK_SECONDS = 0.25
"""Time between two looks at the deadlines."""

SEND_BUFFER_BYTES = 128 * 1024
"""Memory of the kernel for the answers of a connection: what a client that reads nothing can have made for it."""

_EXHAUSTED_SECONDS = 0.01


class Reactor:
    """Connections of a worker.

    pipe         readable and writable end of a pipe that wakes the loop
    keep_alive   time for a next request to begin, in seconds; asked for at each answer
    on_request   called for every whole request
    """

    def __init__(
        self,
        limits: HeadLimits,
        connections: Connections,
        pipe: tuple[int, int],
        keep_alive: Callable[[], float],
        on_request: Callable[[], None],
    ) -> None:
        self._limits = limits
        self._connections = connections
        self._pipe = pipe
        self._keep_alive = keep_alive
        self._on_request = on_request
        self._listeners: list[Any] = []
        self._accepts = False
        self._checked = 0.0
        self._poller = selectors.DefaultSelector()
        self._poller.register(pipe[0], READ, self._drain_pipe)

    def start(self, exchange: Exchange, threads: int) -> None:
        """Start the threads that answer."""
        self._exchange = exchange
        self._pool = ThreadPool(threads, exchange, self._wake)

    def listen(self, listeners: list[Any]) -> None:
        """Accept the connections of listening sockets."""
        self._listeners = listeners
        for listener in listeners:
            listener.setblocking(False)
            # Connections inherit it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._set_accepting(True)

    def stop_listening(self) -> None:
        """Accept what waits in the backlog, and nothing after."""
        for listener in self._listeners:
            while self._accept(listener):
                pass
        self._set_accepting(False)
        self._listeners = []

    @property
    def is_idle(self) -> bool:
        """Whether no connection is open."""
        return not self._connections

    def turn(self, timeout: float) -> None:
        """Wait for events, for at most `timeout` seconds, and handle them."""
        for key, _ in self._poller.select(timeout):
            key.data()
        for connection in self._pool.answered():
            self._go_on(connection)
        now = time.monotonic()
        if now - self._checked > CHECK_SECONDS:
            self._checked = now
            for connection in self._connections.overdue(now):
                if not self._has_come_in_time(connection):
                    self._close(connection)

    def has_slow_clients(self, seconds: float) -> bool:
        """Whether a client has had more than some seconds for the rest of a request or of an answer."""
        earliest = time.monotonic() - seconds
        return any(each.is_in_exchange and each.since < earliest for each in self._connections)

    def hurry(self, seconds: float) -> None:
        """Give connections without a request at most so many seconds to begin one."""
        latest = time.monotonic() + seconds
        for connection in self._connections:
            if connection.phase is Phase.RECEIVING and not connection.received:
                connection.deadline = min(connection.deadline, latest)

    def close(self) -> None:
        """Close all connections, whatever they wait for."""
        for connection in self._connections:
            self._close(connection)
        self._poller.close()

    # Events

    def _accept(self, listener: Any) -> bool:
        """Accept a connection, for which the one longest without progress gives way if need be.

        Returns whether there may be more to accept.
        """
        if self._connections.are_full and not self._make_room():
            # Every connection has a request that is being answered: the backlog waits until one is.
            self._set_accepting(False)
            return False
        try:
            sock, client = listener.accept()
        except BlockingIOError:
            return False
        except ConnectionAbortedError:
            return True
        except OSError:
            # Out of descriptors or memory.
            if self._make_room():
                return True
            time.sleep(_EXHAUSTED_SECONDS)
            return False
        connection = Connection(sock, client, listener.getsockname(), time.monotonic())
        self._connections.add(connection)
        self._receive(connection)
        return True

    def _on_ready(self, connection: Connection) -> None:
        if connection.phase is Phase.RECEIVING:
            self._receive(connection)
        elif connection.phase is Phase.ANSWERING:
            # A next request, or the end: looked at after the answer.
            self._watch(connection, 0)
        elif connection.phase is Phase.SENDING:
            connection.send_more(time.monotonic())
            self._go_on(connection)
        else:
            connection.discard_received(time.monotonic())
            if connection.is_gone:
                self._close(connection)

    def _has_come_in_time(self, connection: Connection) -> bool:
        """Whether the next request of an overdue connection came while the loop was busy; it is taken up then."""
        if connection.phase is not Phase.RECEIVING or connection.received:
            return False
        connection.receive(time.monotonic())
        if connection.is_gone or not connection.received:
            return False
        self._look_for_request(connection)
        return True

    def _receive(self, connection: Connection) -> None:
        connection.receive(time.monotonic())
        if connection.is_gone:
            self._close(connection)
        else:
            self._look_for_request(connection)

    def _look_for_request(self, connection: Connection, is_urgent: bool = True) -> None:
        try:
            head = connection.take_head(self._limits)
        except ParseException as error:
            connection.answer_with(*self._exchange.refuse(error, connection))
            self._go_on(connection)
            return
        if head is None:
            self._watch(connection, READ)
        else:
            self._on_request()
            self._pool.submit(connection, head, is_urgent)

    def _go_on(self, connection: Connection) -> None:
        """What follows on an answer: the rest of it, the next request, or the end."""
        now = time.monotonic()
        if connection.is_gone:
            self._close(connection)
        elif connection.unsent:
            if connection.phase is not Phase.SENDING:
                connection.begin_sending(now)
                self._watch(connection, WRITE)
                for stalled in self._connections.excess():
                    self._close(stalled)
        elif connection.keeps_alive:
            connection.wait_for_request(now, self._keep_alive())
            self._look_for_request(connection, is_urgent=False)
        else:
            connection.begin_lingering(now)
            self._watch(connection, READ)
        if self._listeners and not self._accepts:
            self._set_accepting(True)

    # Bookkeeping

    def _make_room(self) -> bool:
        connection = self._connections.longest_waiting()
        if connection is not None:
            self._close(connection)
        return connection is not None

    def _close(self, connection: Connection) -> None:
        self._watch(connection, 0)
        self._connections.remove(connection)
        connection.socket.close()

    def _watch(self, connection: Connection, events: int) -> None:
        """Look out for events of a connection, and no others. Between requests nothing changes, and costs nothing."""
        if events == connection.watched:
            return
        if not connection.watched:
            self._poller.register(connection, events, partial(self._on_ready, connection))
        elif events:
            self._poller.modify(connection, events, partial(self._on_ready, connection))
        else:
            self._poller.unregister(connection)
        connection.watched = events

    def _set_accepting(self, accepts: bool) -> None:
        if accepts == self._accepts:
            return
        self._accepts = accepts
        for listener in self._listeners:
            if accepts:
                self._poller.register(listener, READ, partial(self._accept, listener))
            else:
                self._poller.unregister(listener)

    def _wake(self) -> None:
        # A full pipe is as good: the loop wakes up from it.
        with suppress(BlockingIOError):
            os.write(self._pipe[1], b".")

    def _drain_pipe(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._pipe[0], 4096)
