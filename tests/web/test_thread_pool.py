"""Threads answer requests, those of waiting clients first."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from kb.web.connection import Connection
from kb.web.exchange import Answer
from kb.web.thread_pool import ThreadPool

from .pairs import connect


class FakeExchange:
    """Answers with the head, once it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.heads: list[bytes] = []

    def answer(self, head: bytes, _connection: Connection) -> Answer:
        assert self.may_answer.wait(10)
        self.heads.append(head)
        return Answer(head, keeps_alive=True)


def answered_by(pool: ThreadPool, count: int) -> Iterator[Connection]:
    deadline = time.monotonic() + 10
    while count and time.monotonic() < deadline:
        for connection in pool.answered():
            count -= 1
            yield connection
        time.sleep(0.001)
    assert not count


def test_each_request_is_answered_and_comes_back_with_a_call() -> None:
    exchange: Any = FakeExchange()
    exchange.may_answer.set()
    calls: list[None] = []
    pool = ThreadPool(3, exchange, lambda: calls.append(None))
    pairs = [connect() for _ in range(20)]
    for number, (connection, _) in enumerate(pairs):
        pool.submit(connection, b"%d" % number, is_urgent=number % 2 == 0)
    assert set(answered_by(pool, 20)) == {connection for connection, _ in pairs}
    assert [client.recv(10) for _, client in pairs] == [b"%d" % number for number in range(20)]
    assert len(calls) == 20
    for connection, client in pairs:
        connection.socket.close()
        client.close()


def test_a_patient_request_waits_for_all_urgent_ones() -> None:
    exchange: Any = FakeExchange()
    pool = ThreadPool(1, exchange, lambda: None)
    connection, client = connect()
    pool.submit(connection, b"first")
    time.sleep(0.1)  # until the only thread has it
    for head, is_urgent in ((b"patient", False), (b"urgent", True), (b"urgent too", True)):
        pool.submit(connection, head, is_urgent)
    exchange.may_answer.set()
    list(answered_by(pool, 4))
    assert exchange.heads == [b"first", b"urgent", b"urgent too", b"patient"]
    connection.socket.close()
    client.close()


def test_a_thread_survives_an_answer_that_cannot_even_be_refused() -> None:
    class FailingOnce(FakeExchange):
        def answer(self, head: bytes, connection: Connection) -> Answer:
            if head == b"first":
                raise MemoryError
            return super().answer(head, connection)

    exchange: Any = FailingOnce()
    exchange.may_answer.set()
    pool = ThreadPool(1, exchange, lambda: None)
    pairs = [connect() for _ in range(2)]
    for (connection, _), head in zip(pairs, (b"first", b"second"), strict=True):
        pool.submit(connection, head)
    first, second = answered_by(pool, 2)
    assert (first.is_gone, second.is_gone) == (True, False)
    assert pairs[1][1].recv(10) == b"second"
    for connection, client in pairs:
        connection.socket.close()
        client.close()
