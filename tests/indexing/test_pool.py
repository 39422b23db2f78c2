"""A function mapped by several processes: in order, a few pieces ahead, and gone when nobody needs it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from kb.errors import IndexFailure
from kb.indexing import pool
from kb.indexing.pool import LOOK_AHEAD, map_in_order
from kb.indexing.worker import Worker, WorkerEnded


def doubling() -> Callable[[int], int]:
    return lambda piece: 2 * piece


def telling_where() -> Callable[[int], tuple[int, bool]]:
    return lambda piece: (piece, multiprocessing.parent_process() is None)


def dying_in_the_middle_of_a_result() -> Callable[[int], bytes]:
    """A worker is killed while its result is on the way, of which the pipe holds a small part."""

    def work(piece: int) -> bytes:
        if multiprocessing.parent_process():
            threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGKILL)).start()
            return bytes(300_000_000)
        time.sleep(0.01)
        return b""

    return work


def failing() -> Callable[[int], int]:
    def work(piece: int) -> int:
        if multiprocessing.parent_process():
            raise OSError(5, "disk", "file")
        time.sleep(0.01)
        return piece

    return work


def unmakeable() -> Callable[[int], int]:
    if multiprocessing.parent_process():
        os._exit(3)
    return lambda piece: time.sleep(0.01) or piece


def giving_up(ended: WorkerEnded, piece: object) -> Any:
    raise ended


def workers() -> list[int | None]:
    return [process.pid for process in multiprocessing.active_children()]


@pytest.mark.parametrize("processes", [0, 1, 2, 4])
@pytest.mark.parametrize("pieces", [[], [1], list(range(30))])
def test_results_come_in_order_whatever_the_number_of_processes(processes: int, pieces: list[int]) -> None:
    assert list(map_in_order(doubling, pieces, processes, 0.0, giving_up)) == [2 * piece for piece in pieces]
    assert workers() == []


def test_this_process_works_while_others_start_and_afterwards_too() -> None:
    results = []
    with closing(map_in_order(telling_where, range(10**9), 2, 0.0, giving_up)) as generator:
        for piece, here in generator:
            time.sleep(0.001)
            results.append((piece, here))
            if not here:
                break
    assert [piece for piece, _ in results] == list(range(len(results)))
    assert results[0] == (0, True)


def test_no_more_than_a_few_pieces_are_handed_out_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    send = Worker.send
    monkeypatch.setattr(Worker, "send", lambda worker, piece: (sent.append(piece), send(worker, piece)))
    with closing(map_in_order(doubling, range(400), 2, 0.0, giving_up)) as results:
        for result in results:
            time.sleep(0.01)  # as if it were written, so that there is time to work ahead
            while not sent:
                time.sleep(0.01)  # the other process is not ready yet
            assert max(sent) < result // 2 + 2 * LOOK_AHEAD
            if result > 100:
                break


class UnreadyWorker:
    """A process that never becomes ready."""

    started: list[float]

    def __init__(self, _: object) -> None:
        self.started.append(pool.time.monotonic())
        self._killed = threading.Event()

    def wait_until_ready(self) -> None:
        self._killed.wait()

    def kill(self) -> None:
        self._killed.set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time as the pool sees it."""
    now = [0.0]
    monkeypatch.setattr(pool.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(("count", "started"), [(8, [1.2]), (6, [])])
def test_processes_are_started_when_much_work_remains_at_the_pace_so_far(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], count: int, started: list[float]
) -> None:
    monkeypatch.setattr(pool, "Worker", UnreadyWorker)
    UnreadyWorker.started = []

    def work(piece: int) -> int:
        clock[0] += 0.6
        return piece

    # After two pieces of eight 3.6 seconds remain, of six 2.4; the first piece alone tells nothing.
    assert list(map_in_order(lambda: work, range(count), 2, 3.0, giving_up)) == list(range(count))
    assert UnreadyWorker.started == started


def test_closing_in_the_middle_ends_the_processes_at_once() -> None:
    with closing(map_in_order(sleeping_elsewhere, range(100), 3, 0.0, giving_up)) as results:
        next(results)
        while len(workers()) < 2:
            next(results)
    assert workers() == []


def sleeping_elsewhere() -> Callable[[int], int]:
    return lambda piece: time.sleep(60 if multiprocessing.parent_process() else 0.05) or piece


def test_a_process_killed_while_it_sends_a_result_is_an_error() -> None:
    with pytest.raises(IndexFailure, match="ended before its time, perhaps for want of memory"):
        for _ in map_in_order(dying_in_the_middle_of_a_result, range(10**9), 2, 0.0, giving_up):
            pass
    assert workers() == []


def test_a_process_that_cannot_begin_is_an_error() -> None:
    with pytest.raises(IndexFailure, match="ended before its time"):
        for _ in map_in_order(unmakeable, range(10**9), 2, 0.0, giving_up):
            pass


def test_an_error_of_the_work_comes_through_as_it_is() -> None:
    with pytest.raises(OSError, match="disk"):
        for _ in map_in_order(failing, range(10**9), 2, 0.0, giving_up):
            pass
    with pytest.raises(ZeroDivisionError):
        list(map_in_order(lambda: lambda piece: 1 // piece, [1, 0], 1, 0.0, giving_up))
