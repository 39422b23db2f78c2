"""Many clients that are slow in every way keep nobody from an answer of the real service."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .service import Service, running

CLIENTS = 60
PROMPT_SECONDS = 1.0
"""An answer takes milliseconds; on a busy machine some more."""

_HOST = b"Host: 127.0.0.1\r\n"

SLOW = {
    "silent": b"",
    "half a head": b"GET / HTTP/1.1\r\n" + _HOST,
    "a body that does not come": b"POST /v1/search HTTP/1.1\r\n" + _HOST + b"Content-Length: 50000\r\n\r\n",
    "a body in chunks": b"GET / HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "not reading": b"GET /static/page.css HTTP/1.1\r\n" + _HOST + b"\r\n",
    "pipelining and not reading": (b"GET /v1/search?q=dose HTTP/1.1\r\n" + _HOST + b"\r\n") * 200,
}


@pytest.fixture(scope="module")
def small(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of one worker with two threads."""
    with running(tmp_path_factory.mktemp("small"), index=str(index), threads=2) as service:
        service.get("/v1/search?q=dose")
        yield service


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_keep_nobody_waiting(small: Service, kind: str) -> None:
    with ExitStack() as clients:
        for _ in range(CLIENTS):
            client = clients.enter_context(connect(small))
            client.setblocking(False)
            client.send(SLOW[kind])
        seconds = []
        for _ in range(50):
            started = time.monotonic()
            assert small.get("/v1/search?q=dose")[0] == 200
            seconds.append(time.monotonic() - started)
        assert sorted(seconds)[-2] < PROMPT_SECONDS


def test_a_slow_client_gets_its_answer_all_the_same(small: Service) -> None:
    with connect(small) as client:
        for byte in b"GET /healthz HTTP/1.1\r\n" + _HOST + b"\r\n":
            client.sendall(bytes([byte]))
            time.sleep(0.005)
        assert client.recv(10_000).startswith(b"HTTP/1.1 200 ")


def test_a_silent_client_is_let_go(small: Service) -> None:
    with connect(small) as client:
        client.settimeout(15)
        client.sendall(b"GET / HT")
        assert client.recv(100) == b""


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=5)
