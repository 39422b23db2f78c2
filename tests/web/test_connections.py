"""Of many connections, those that have made no progress for longest give way."""

from __future__ import annotations

import resource

import pytest

from kb.web.connection import Connection, Phase
from kb.web.connections import Connections, capacity

from .pairs import connect

LARGE = b"x" * 1_000_000


def open_connection(connections: Connections, since: float, phase: Phase = Phase.RECEIVING) -> Connection:
    connection, client = connect(since)
    client.close()
    connection.socket.close()
    connection.phase = phase
    connections.add(connection)
    return connection


def send_to_nobody(connections: Connections, since: float) -> Connection:
    """A connection with one megabyte that its client does not take."""
    connection = open_connection(connections, since)
    connection.answer_with(LARGE, keeps_alive=True)
    connection.begin_sending(since)
    return connection


def test_they_are_full_at_their_number() -> None:
    connections = Connections(most=2)
    first = open_connection(connections, 0.0)
    assert not connections.are_full
    open_connection(connections, 1.0)
    assert connections.are_full
    connections.remove(first)
    assert not connections.are_full


def test_the_longest_waiting_gives_way_and_never_one_that_is_being_answered() -> None:
    connections = Connections(most=3)
    assert connections.longest_waiting() is None
    open_connection(connections, 0.0, Phase.ANSWERING)
    assert connections.longest_waiting() is None
    silent = open_connection(connections, 1.0)
    open_connection(connections, 2.0, Phase.LINGERING)
    assert connections.longest_waiting() is silent


def test_overdue_are_those_whose_clients_had_their_time() -> None:
    connections = Connections(most=3)
    late, timely, answered = (open_connection(connections, 0.0) for _ in range(3))
    late.deadline, timely.deadline, answered.deadline = 5.0, 15.0, 5.0
    answered.phase = Phase.ANSWERING
    assert connections.overdue(now=10.0) == [late]


def test_unsent_answers_fit_into_memory_when_the_longest_stalled_are_ended() -> None:
    connections = Connections(most=10, max_unsent=2_500_000)
    open_connection(connections, 0.0)
    stalled = [send_to_nobody(connections, since) for since in (4.0, 2.0, 3.0)]
    assert [each.since for each in connections.excess()] == [2.0]
    stalled.append(send_to_nobody(connections, 5.0))
    assert [each.since for each in connections.excess()] == [2.0, 3.0]


def test_one_answer_alone_may_be_of_any_size() -> None:
    connections = Connections(most=10, max_unsent=10)
    send_to_nobody(connections, 0.0)
    assert connections.excess() == []


@pytest.mark.parametrize(
    ("allowed", "expected"), [(resource.RLIM_INFINITY, 1000), (1024, 512), (256, 128), (20_000, 1000), (1, 1)]
)
def test_half_of_the_descriptors_are_for_connections(
    monkeypatch: pytest.MonkeyPatch, allowed: int, expected: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (allowed, allowed))
    assert capacity(1000) == expected
