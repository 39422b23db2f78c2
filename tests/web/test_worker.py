"""A connection that takes too long is shut down, and no other."""

from __future__ import annotations

import socket
import time
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.workers.gthread import ThreadWorker

from kb.web.worker import ANSWER_SECONDS, HEAD_SECONDS, DeadlineWorker


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> DeadlineWorker:
    """A worker without a server, whose original does nothing."""
    for method in ("murder_pending", "handle", "handle_request"):
        monkeypatch.setattr(ThreadWorker, method, lambda *_: "handled")
    worker = DeadlineWorker.__new__(DeadlineWorker)
    worker._deadlines = {}
    return worker


def connection() -> tuple[Any, socket.socket]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(1)
    return SimpleNamespaceHashable(sock=ours), theirs


class SimpleNamespaceHashable(SimpleNamespace):
    __hash__ = object.__hash__  # type: ignore[assignment]


@pytest.mark.parametrize(("late", "ended"), [(-5.0, False), (0.1, True)])
def test_only_an_overdue_connection_is_shut_down(worker: DeadlineWorker, late: float, ended: bool) -> None:
    conn, client = connection()
    worker._deadlines[conn] = time.monotonic() - late
    worker.murder_pending()
    client.setblocking(False)
    if ended:
        assert client.recv(1) == b""
        assert worker._deadlines == {}
    else:
        with pytest.raises(BlockingIOError):
            client.recv(1)
    conn.sock.close()
    client.close()


def test_a_connection_that_is_closed_already_does_no_harm(worker: DeadlineWorker) -> None:
    conn, client = connection()
    conn.sock.close()
    worker._deadlines[conn] = 0.0001
    worker.murder_pending()
    client.close()


def test_headers_and_answer_have_deadlines_of_their_own_until_the_request_ends(worker: DeadlineWorker) -> None:
    now = time.monotonic()
    worker.handle_request("request", "connection")
    assert worker._deadlines["connection"] == pytest.approx(now + ANSWER_SECONDS, abs=1)
    assert worker.handle("connection") == "handled"
    assert worker._deadlines == {}
    assert HEAD_SECONDS < ANSWER_SECONDS
