"""The worker's own life: when it keeps connections, when it retires, and what it cannot do."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from kb.web.worker import STOP_SECONDS, BufferingWorker


@pytest.fixture
def worker() -> Any:
    """A worker without a server."""
    worker: Any = BufferingWorker.__new__(BufferingWorker)
    worker.cfg = SimpleNamespace(keepalive=5, graceful_timeout=20)
    worker.log = SimpleNamespace(info=lambda *_: None)
    worker.alive, worker.nr, worker.max_requests = True, 0, 3
    return worker


def test_it_retires_after_so_many_requests(worker: Any) -> None:
    worker._reactor = SimpleNamespace(has_slow_clients=lambda _: False)
    retires = []
    for _ in range(4):
        worker._count_request()
        retires.append(worker._may_retire())
    assert retires == [False, False, True, True]
    assert not worker._may_keep_alive()


def test_slow_clients_are_waited_for_with_the_doors_open_but_not_for_ever(worker: Any) -> None:
    worker._reactor = SimpleNamespace(has_slow_clients=lambda _: True)
    worker._retiring = time.monotonic()
    assert not worker._may_retire()
    assert worker.alive
    worker._retiring -= worker.cfg.graceful_timeout + 1
    assert worker._may_retire()


def test_it_keeps_connections_for_as_long_as_it_is_set_and_lives(worker: Any) -> None:
    assert worker._may_keep_alive()
    assert worker._keep_alive_seconds() == 5
    worker.alive = False
    assert not worker._may_keep_alive()
    assert worker._keep_alive_seconds() == STOP_SECONDS


def test_without_keep_alive_each_answer_ends_its_connection(worker: Any) -> None:
    worker.cfg.keepalive = 0
    assert not worker._may_keep_alive()


def test_tls_is_left_to_a_proxy() -> None:
    BufferingWorker.check_config(SimpleNamespace(is_ssl=False), None)
    with pytest.raises(RuntimeError, match="proxy"):
        BufferingWorker.check_config(SimpleNamespace(is_ssl=True), None)
