"""A worker process answers, passes errors on, says how it ended, and never outlives its use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kb.errors import IndexFailure
from kb.indexing.worker import Worker, WorkerEnded

_HANGING = """
import faulthandler, multiprocessing, re, threading
from kb.indexing import worker
armed, arm = threading.Event(), faulthandler.dump_traceback_later
faulthandler.dump_traceback_later = lambda *seconds, **options: (arm(*seconds, **options), armed.set())
worker._TURN, worker._LONGEST_CALL = 0.1, 0.5
lifeline, _ = multiprocessing.Pipe(duplex=False)
threading.Thread(target=worker._exit_with, args=(lifeline, []), daemon=True).start()
armed.wait()
print("begun", flush=True)
re.match("(a+)+$", "a" * 60 + "b")
"""


def answering() -> Callable[[int], int]:
    def work(piece: int) -> int:
        if piece < 0:
            os.kill(os.getpid(), -piece)
        return 10 // piece

    return work


def dying() -> Callable[[int], int]:
    os._exit(3)


@contextmanager
def started(make: Callable[[], Callable[[int], int]]) -> Iterator[Worker]:
    worker = Worker(make)
    try:
        worker.wait_until_ready()
        yield worker
    finally:
        worker.kill()


def test_pieces_are_answered_and_errors_come_through() -> None:
    with started(answering) as worker:
        worker.send(5)
        assert worker.receive() == 2
        worker.send(0)
        with pytest.raises(ZeroDivisionError):
            worker.receive()
        worker.send(2)
        assert worker.receive() == 5


@pytest.mark.parametrize(("number", "told"), [(signal.SIGKILL, False), (signal.SIGTERM, True)])
def test_an_end_is_told_with_its_kind(number: int, told: bool) -> None:
    with started(answering) as worker:
        worker.send(-number)
        with pytest.raises(WorkerEnded, match="ended before its time") as ended:
            worker.receive()
        assert ended.value.was_told == told
        assert ended.value.process
        with pytest.raises(WorkerEnded):
            worker.send(1)


def test_a_worker_that_cannot_begin_is_no_end_in_the_middle() -> None:
    with pytest.raises(IndexFailure, match="ended before its time") as failed, started(dying):
        pass
    assert not isinstance(failed.value, WorkerEnded)


def test_nothing_stays_open_after_a_worker() -> None:
    def opened() -> int:
        return len(os.listdir("/dev/fd"))  # noqa: PTH208 - names only

    with started(answering):
        pass
    before = opened()
    for _ in range(3):
        with started(answering):
            pass
    assert opened() == before


def test_a_worker_that_hangs_in_c_ends_itself() -> None:
    command = [sys.executable, "-c", _HANGING]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, b"begun\n")
    assert done.stderr == b""
