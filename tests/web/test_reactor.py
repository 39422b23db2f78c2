"""Clients of any pace are served by one loop and one thread, without the real server."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from gunicorn.http.errors import ParseException

from kb.web.connection import Connection
from kb.web.connections import Connections
from kb.web.exchange import Answer
from kb.web.heads import HeadLimits
from kb.web.reactor import Reactor

HEAD = b"GET /%d HTTP/1.1\r\n\r\n"
LARGE = b"x" * 3_000_000
MOST = 5


class FakeExchange:
    """Answers with the path; `/0` with three megabytes, `/9` with the end of the connection."""

    def answer(self, head: bytes, _connection: Connection) -> Answer:
        path = head.split()[1]
        return Answer(LARGE if path == b"/0" else path, keeps_alive=path != b"/9")

    def refuse(self, error: ParseException, _connection: Connection) -> Answer:
        return Answer(type(error).__name__.encode(), keeps_alive=False)


class Server:
    """A reactor on a port of its own, with a thread that turns it."""

    def __init__(self) -> None:
        self.requests: list[None] = []
        self.connections = Connections(MOST)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.pipe = os.pipe()
        for end in self.pipe:
            os.set_blocking(end, False)
        limits = HeadLimits(line=100, fields=5)
        self.reactor = Reactor(limits, self.connections, self.pipe, lambda: 5.0, lambda: self.requests.append(None))
        exchange: Any = FakeExchange()
        self.reactor.start(exchange, threads=1)
        self.reactor.listen([self.listener])
        self._ends = threading.Event()
        self.go_on()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname(), timeout=5)

    def eventually(self, check: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not check():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def go_on(self) -> None:
        """Turn the reactor, in a thread."""
        self._ends.clear()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """Turn it no longer, as if it were busy."""
        self._ends.set()
        self._thread.join()

    def close(self) -> None:
        self.stop()
        self.reactor.close()
        self.listener.close()
        for end in self.pipe:
            os.close(end)

    def _run(self) -> None:
        while not self._ends.is_set():
            self.reactor.turn(0.02)


@pytest.fixture
def server() -> Iterator[Server]:
    with closing(Server()) as server:
        yield server


def test_a_kept_alive_client_asks_again_and_again(server: Server) -> None:
    with server.connect() as client:
        for number in (1, 2, 3):
            client.sendall(HEAD % number)
            assert client.recv(100) == b"/%d" % number
    assert len(server.requests) == 3
    server.eventually(lambda: server.reactor.is_idle)


def test_a_head_in_pieces_and_silence_keep_nobody_waiting(server: Server) -> None:
    with server.connect() as slow, server.connect(), server.connect() as other:
        slow.sendall(b"GET /1 ")
        other.sendall(HEAD % 2)
        assert other.recv(100) == b"/2"
        slow.sendall(b"HTTP/1.1\r\n\r\n")
        assert slow.recv(100) == b"/1"


def test_requests_that_come_together_are_answered_in_order(server: Server) -> None:
    with server.connect() as client:
        client.sendall(HEAD % 1 + HEAD % 2 + HEAD % 9 + HEAD % 3)
        received = b""
        while part := client.recv(100):
            received += part
    assert received == b"/1/2/9"


def test_clients_that_do_not_read_keep_nobody_waiting_and_get_all_when_they_do(server: Server) -> None:
    with server.connect() as first, server.connect() as second, server.connect() as other:
        for client in (first, second):
            client.sendall(HEAD % 0 + HEAD % 0 + HEAD % 9)
        other.sendall(HEAD % 1)
        assert other.recv(100) == b"/1"
        assert len(server.requests) <= 3, "a next request waits until the answer before it is taken"
        for client in (first, second):
            received = 0
            while part := client.recv(1_000_000):
                received += len(part)
            assert received == 2 * len(LARGE) + 2


def test_what_is_no_head_is_refused_and_the_connection_ends(server: Server) -> None:
    with server.connect() as client:
        client.sendall(b"GET /" + b"x" * 200)
        assert client.recv(100) == b"LimitRequestLine"
        assert client.recv(100) == b""


def test_the_longest_silent_gives_way_to_a_new_connection(server: Server) -> None:
    silent = []
    for count in range(1, MOST + 1):
        silent.append(server.connect())
        server.eventually(lambda count=count: len(server.connections) == count)  # type: ignore[misc]
    with server.connect() as client:
        client.sendall(HEAD % 1)
        assert client.recv(100) == b"/1"
    assert silent[0].recv(100) == b"", "the first has been silent for longest"
    silent[1].sendall(HEAD % 2)
    assert silent[1].recv(100) == b"/2"
    for connection in silent:
        connection.close()


def test_connections_without_a_request_end_sooner_when_hurried(server: Server) -> None:
    with server.connect() as silent, server.connect() as begun:
        begun.sendall(b"GET /1 HTTP/1.1\r\n")
        server.eventually(lambda: len(server.connections) == 2)
        time.sleep(0.1)  # until what was sent has been received
        server.reactor.hurry(0.0)
        assert silent.recv(100) == b""
        begun.sendall(b"\r\n")
        assert begun.recv(100) == b"/1"


def test_a_client_that_takes_nothing_for_too_long_is_dropped(server: Server) -> None:
    with server.connect() as client:
        client.sendall(HEAD % 0)
        server.eventually(lambda: any(each.held_bytes for each in server.connections))
        for connection in server.connections:
            connection.deadline = 0.0
        server.eventually(lambda: server.reactor.is_idle)
        received = 0
        with suppress(ConnectionResetError):
            while part := client.recv(1_000_000):
                received += len(part)
        assert received < len(LARGE)


def test_a_request_that_comes_as_the_time_runs_out_is_answered(server: Server) -> None:
    with server.connect() as late, server.connect() as silent:
        server.eventually(lambda: len(server.connections) == 2)
        late.sendall(HEAD % 1)
        assert late.recv(100) == b"/1"
        server.stop()
        for connection in server.connections:
            connection.deadline = 0.0
        late.sendall(HEAD % 2)
        server.go_on()
        assert late.recv(100) == b"/2"
        assert silent.recv(100) == b""


def test_only_clients_that_are_waited_for_are_slow(server: Server) -> None:
    with server.connect() as silent, server.connect() as begun:
        server.eventually(lambda: len(server.connections) == 2)
        assert not server.reactor.has_slow_clients(0.0)
        begun.sendall(b"GET /1 HTTP/1.1\r\n")
        server.eventually(lambda: server.reactor.has_slow_clients(0.0))
        assert not server.reactor.has_slow_clients(60.0)
        begun.sendall(b"\r\n")
        assert begun.recv(100) == b"/1"
        assert not server.reactor.has_slow_clients(0.0)
        silent.close()


def test_what_waits_is_accepted_before_listening_ends() -> None:
    server = Server()
    server.stop()
    with server.connect() as client:
        client.sendall(HEAD % 1)
        server.reactor.stop_listening()
        server.listener.close()
        server.go_on()
        assert client.recv(100) == b"/1"
    server.close()
