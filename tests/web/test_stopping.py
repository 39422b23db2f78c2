"""No request that reached the service is lost when workers end, for whatever reason."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from .service import RUN, Service, running

RETIRING = RUN.replace(
    "serve(Settings",
    "from kb.web import server\nserver.MAX_REQUESTS, server.MAX_REQUESTS_JITTER = 100, 50\nserve(Settings",
)
"""A service whose workers retire after some hundred requests."""


class Visitor:
    """A client that asks again and again, with a connection for each request or with one for all."""

    def __init__(self, port: int, keeps_alive: bool) -> None:
        self.answered = 0
        self.longest = 0.0
        """Time until the latest of the answers, in seconds."""
        self.lost: list[str] = []
        self.is_refused = False
        self._port = port
        self._keeps_alive = keeps_alive
        self._connection: HTTPConnection | None = None

    def visit(self, ends: threading.Event) -> None:
        """Ask until the event, or until no connection can be made."""
        while not ends.is_set() and not self.is_refused:
            try:
                self._ask(self._connected())
            except ConnectionRefusedError:
                self.is_refused = True
        if self._connection:
            self._connection.close()

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
            connection.connect()
            self._connection = connection
        return self._connection

    def _ask(self, connection: HTTPConnection) -> None:
        ends, began = True, time.monotonic()
        try:
            connection.request("GET", "/v1/search?q=dose")
            with connection.getresponse() as response:
                response.read()
                ends = not self._keeps_alive or response.getheader("Connection") == "close"
                self.answered += response.status == 200
                self.longest = max(self.longest, time.monotonic() - began)
        except (OSError, HTTPException) as error:
            self.lost.append(repr(error))
        if ends:
            connection.close()
            self._connection = None


@contextmanager
def visitors(service: Service, count: int = 6) -> Iterator[list[Visitor]]:
    """Clients at work, every second with keep-alive."""
    ends = threading.Event()
    found = [Visitor(service.port, keeps_alive=number % 2 == 0) for number in range(count)]
    threads = [threading.Thread(target=visitor.visit, args=(ends,)) for visitor in found]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        ends.set()
        for thread in threads:
            thread.join()


def wait_for_answers(found: list[Visitor], count: int) -> None:
    """Wait until each visitor has so many answers more."""
    wanted = [visitor.answered + count for visitor in found]
    deadline = time.monotonic() + 30
    while any(visitor.answered < least for visitor, least in zip(found, wanted, strict=True)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_loses_no_request(tmp_path: Path, index: Path, workers: int) -> None:
    with running(tmp_path, index=str(index), workers=workers) as service, visitors(service) as found:
        wait_for_answers(found, 10)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        wait_until_refused(found)
    assert [lost for visitor in found for lost in visitor.lost] == []


def test_new_workers_lose_no_request(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, index=str(index)) as service, visitors(service) as found:
        wait_for_answers(found, 10)
        os.kill(service.process.pid, signal.SIGHUP)
        wait_for_replacement(service)
        wait_for_answers(found, 10)
    assert [lost for visitor in found for lost in visitor.lost] == []
    assert not any(visitor.is_refused for visitor in found)


def test_workers_that_retire_lose_no_request(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, RETIRING, index=str(index)) as service, visitors(service) as found:
        wait_for_replacement(service)
        wait_for_answers(found, 10)
    assert [lost for visitor in found for lost in visitor.lost] == []
    assert not any(visitor.is_refused for visitor in found)


def test_a_client_that_does_not_read_delays_no_other_when_the_only_worker_retires(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, RETIRING, index=str(index), workers=1) as service, slow_body(service) as drips:
        with visitors(service, 2) as found:
            wait_for_replacement(service)
            wait_for_answers(found, 10)
        drips.set()
    assert max(visitor.longest for visitor in found) < 5
    assert [lost for visitor in found for lost in visitor.lost] == []


@contextmanager
def slow_body(service: Service) -> Iterator[threading.Event]:
    """A client that sends a body byte by byte, and closes only after the event."""
    ends = threading.Event()

    def drip() -> None:
        while not ends.wait(0.3):
            with suppress(OSError), socket.create_connection(("127.0.0.1", service.port), timeout=5) as client:
                client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n")
                while not ends.wait(0.3):
                    client.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield ends
    finally:
        ends.set()
        thread.join()


def wait_for_replacement(service: Service) -> None:
    """Wait until no worker of now is at work."""
    before = service.workers()
    assert before
    deadline = time.monotonic() + 30
    while service.workers() & before:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_until_refused(found: list[Visitor]) -> None:
    """Wait until every visitor was told that there is no service."""
    deadline = time.monotonic() + 10
    while not all(visitor.is_refused for visitor in found):
        assert time.monotonic() < deadline
        time.sleep(0.01)
