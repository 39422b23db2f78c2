"""A connection takes heads out of what it receives, sends what the client takes, and knows until when it waits."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from kb.web.connection import HEAD_SECONDS, LINGER_SECONDS, STALL_SECONDS, Connection, Phase
from kb.web.heads import HeadLimits

from .pairs import connect

LIMITS = HeadLimits(line=100, fields=10)
HEAD = b"GET / HTTP/1.1\r\nHost: kb.test\r\n\r\n"
KEEP_ALIVE = 5.0
LARGE = bytes(range(256)) * 4000


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    connection, client = connect()
    yield connection, client
    connection.socket.close()
    client.close()


def test_a_head_may_come_in_pieces(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    for begin in range(0, len(HEAD), 10):
        assert connection.take_head(LIMITS) is None
        client.sendall(HEAD[begin : begin + 10])
        connection.receive(now=1.0)
    assert connection.take_head(LIMITS) == HEAD
    assert connection.phase is Phase.ANSWERING
    assert connection.requests == 1


def test_requests_that_come_together_are_taken_one_by_one(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    client.sendall(HEAD + HEAD + b"GET")
    connection.receive(now=0.0)
    assert [connection.take_head(LIMITS) for _ in range(3)] == [HEAD, HEAD, None]
    assert connection.received == b"GET"


def test_nothing_to_receive_is_no_end(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.receive(now=0.0)
    assert not connection.is_gone
    client.close()
    connection.receive(now=0.0)
    assert connection.is_gone


def test_bytes_one_at_a_time_do_not_prolong_the_time_for_a_head(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    for second in range(5):
        client.sendall(b"G")
        connection.receive(now=float(second))
    assert connection.deadline == HEAD_SECONDS


def test_a_kept_alive_client_has_the_whole_time_from_the_first_byte_of_its_next_request(
    pair: tuple[Connection, socket.socket],
) -> None:
    connection, client = pair
    client.sendall(HEAD)
    connection.receive(now=0.0)
    connection.take_head(LIMITS)
    connection.wait_for_request(10.0, KEEP_ALIVE)
    assert connection.deadline == 10.0 + KEEP_ALIVE
    client.sendall(b"GET")
    connection.receive(now=14.0)
    assert connection.deadline == 14.0 + HEAD_SECONDS
    client.sendall(b" /")
    connection.receive(now=15.0)
    assert connection.deadline == 14.0 + HEAD_SECONDS


def test_a_small_answer_is_sent_at_once(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.answer_with(b"an answer", keeps_alive=True)
    assert client.recv(100) == b"an answer"
    assert connection.held_bytes == 0


def test_a_large_answer_waits_for_the_client_and_arrives_whole(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.answer_with(LARGE, keeps_alive=True)
    assert connection.held_bytes == len(LARGE), "the answer is in memory until its last byte is sent"
    connection.begin_sending(now=0.0)
    received = b""
    while len(received) < len(LARGE):
        received += client.recv(100_000)
        connection.send_more(now=0.0)
    assert received == LARGE
    assert connection.held_bytes == 0


def test_a_client_that_takes_nothing_has_less_time_than_one_that_takes_some(
    pair: tuple[Connection, socket.socket],
) -> None:
    connection, client = pair
    connection.answer_with(LARGE, keeps_alive=True)
    connection.begin_sending(now=100.0)
    connection.send_more(now=110.0)
    assert connection.deadline == 100.0 + STALL_SECONDS
    client.recv(500_000)
    connection.send_more(now=110.0)
    assert connection.deadline == 110.0 + STALL_SECONDS
    assert connection.since == 110.0


def test_a_client_that_takes_a_little_now_and_then_has_no_more_time_than_the_size_is_worth(
    pair: tuple[Connection, socket.socket],
) -> None:
    connection, client = pair
    connection.answer_with(LARGE, keeps_alive=True)
    connection.begin_sending(now=0.0)
    last = STALL_SECONDS + len(LARGE) / 10_000
    for second in range(10, int(last), 10):
        client.recv(5000)
        connection.send_more(now=float(second))
        assert connection.deadline <= last


def test_an_answer_to_a_client_that_is_gone_is_noticed(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    client.close()
    connection.answer_with(LARGE, keeps_alive=True)
    assert connection.is_gone


def test_the_client_reads_to_the_end_while_the_connection_lingers(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    client.sendall(b"a body that nobody reads")
    connection.answer_with(b"an answer", keeps_alive=False)
    connection.begin_lingering(now=3.0)
    assert connection.deadline == 3.0 + LINGER_SECONDS
    assert client.recv(100) == b"an answer"
    assert client.recv(100) == b""
    connection.discard_received(now=3.0)
    assert not connection.is_gone
    client.close()
    connection.discard_received(now=3.0)
    assert connection.is_gone


def test_a_client_that_goes_on_sending_is_not_listened_to_for_ever(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.begin_lingering(now=0.0)
    sent = 0
    while not connection.is_gone:
        client.sendall(b"x" * 10_000)
        connection.discard_received(now=0.0)
        sent += 10_000
    assert sent > 500_000
    assert connection.received == b""


def test_bytes_one_at_a_time_do_not_prolong_the_end(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    client.sendall(HEAD)
    connection.receive(now=0.0)
    connection.take_head(LIMITS)
    connection.begin_lingering(now=1.0)
    client.sendall(b"x")
    connection.discard_received(now=2.0)
    assert connection.deadline == 1.0 + LINGER_SECONDS


def test_a_client_is_waited_for_in_the_middle_of_a_request_or_an_answer(
    pair: tuple[Connection, socket.socket],
) -> None:
    connection, client = pair
    assert not connection.is_in_exchange
    client.sendall(HEAD[:5])
    connection.receive(now=0.0)
    assert connection.is_in_exchange
    client.sendall(HEAD[5:])
    connection.receive(now=0.0)
    connection.take_head(LIMITS)
    assert not connection.is_in_exchange
    connection.answer_with(LARGE, keeps_alive=True)
    connection.begin_sending(now=0.0)
    assert connection.is_in_exchange
