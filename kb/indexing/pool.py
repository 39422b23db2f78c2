"""Process pool: maps a function over pieces of work, in order, in this process and in worker processes.

A worker takes about a second to start, so a small map starts none. The main process works as well: alone until workers
are ready, later whenever it would wait for the next result.

Futures of `concurrent.futures` hold the results, a thread for each worker. The process behind a thread is our own:
ProcessPoolExecutor waits for ever where a worker is killed in the middle of sending a result (all workers share a
pipe, with the writing end open in the parent), and memory ends most often when large results are sent.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from kb.errors import IndexFailure

Piece = TypeVar("Piece")
Result = TypeVar("Result")

LOOK_AHEAD = 3
"""Pieces for each process, handed out or waiting as results, beyond the last result given back."""

_spawn = multiprocessing.get_context("spawn")


def map_in_order(
    make: Callable[[], Callable[[Piece], Result]], pieces: Sequence[Piece], processes: int, paying_seconds: float
) -> Generator[Result, None, None]:
    """Results of `make()` for each piece, in order; close the generator, or workers may go on.

    `make` is called once in each process. With two or more processes `make`, pieces and results are pickled.
    Workers are started once the remaining pieces would take the main process `paying_seconds` at the measured pace.
    Raises IndexFailure if a worker ends early, and whatever the work raises, in whichever process.
    """
    work = make()
    if processes < 2:
        yield from map(work, pieces)
        return
    seconds = remaining = 0.0
    for index, piece in enumerate(pieces):
        if remaining >= paying_seconds:
            yield from _map_with_workers(make, work, pieces[index:], processes)
            return
        started = time.monotonic()
        result = work(piece)
        if index:  # the first piece does not count: it loads modules and compiled loops
            seconds += time.monotonic() - started
            remaining = seconds / index * (len(pieces) - index - 1)
        yield result


@dataclass
class _Job(Generic[Piece, Result]):
    """A piece and the future of its result."""

    piece: Piece
    future: Future[Result]


def _map_with_workers(
    make: Callable[[], Callable[[Piece], Result]],
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    processes: int,
) -> Generator[Result, None, None]:
    remaining = iter(pieces)
    # Invariant: `pending` has the pieces that follow the last yielded result, in order, and no more than this limit.
    limit = LOOK_AHEAD * processes
    pending: deque[_Job[Piece, Result]] = deque()
    with closing(_Workers(make, processes - 1)) as workers:
        while True:
            pending.extend(_Job(piece, workers.submit(piece)) for piece in islice(remaining, limit - len(pending)))
            if not pending:
                return
            while not pending[0].future.done():
                # Only a job that no worker has begun can be cancelled: this process takes the first of them.
                own = next((job for job in pending if job.future.cancel()), None)
                if own is None:
                    wait([pending[0].future])
                else:
                    own.future = Future()
                    own.future.set_result(work(own.piece))
            yield pending.popleft().future.result()


class _Workers(Generic[Piece, Result]):
    """Threads, each passing pieces to a worker process."""

    def __init__(self, make: Callable[[], Callable[[Piece], Result]], count: int) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._started: list[Worker] = []
        self._closed = False
        self._of_thread = threading.local()
        # A thread takes no job before its worker is ready: until then the main thread can have every job.
        self._threads = ThreadPoolExecutor(count, initializer=self._start)

    def submit(self, piece: Piece) -> Future[Result]:
        """Hand out a piece to the next free worker."""
        return self._threads.submit(self._call, piece)

    def close(self) -> None:
        """Kill all workers, even at work, and wait for the threads to end."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closed = True
            for worker in self._started:
                worker.kill()
        self._threads.shutdown()

    def _start(self) -> None:
        try:
            with self._lock:
                if self._closed:
                    return
                worker = Worker(self._make)
                self._started.append(worker)
            worker.receive()
            self._of_thread.worker = worker
        except BaseException as error:
            # Raised by the thread's first job: ThreadPoolExecutor would log the error and hide it.
            self._of_thread.error = error

    def _call(self, piece: Piece) -> Result:
        if hasattr(self._of_thread, "error"):
            raise self._of_thread.error
        worker: Worker = self._of_thread.worker
        worker.send(piece)
        result: Result = worker.receive()
        return result


class Worker:
    """A worker process, seen from the parent.

    Workers are spawned, not forked: nothing open in the parent is open in a worker, the builder's lock least of all. A
    worker reads an end of a pipe, the lifeline, and exits when the parent's end is closed, at the latest by the end of
    the parent, SIGKILL included.
    """

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._connection, connection = _spawn.Pipe()
        lifeline, self._lifeline = _spawn.Pipe(duplex=False)
        self._process = _spawn.Process(target=_serve, args=(make, connection, lifeline), daemon=True)
        try:
            self._process.start()
        finally:
            connection.close()
            lifeline.close()

    def send(self, piece: Any) -> None:
        """Send a piece to work on; raises IndexFailure if the process has ended."""
        try:
            self._connection.send(piece)
        except OSError as error:
            raise _ended_early() from error

    def receive(self) -> Any:
        """Wait for the next answer: None when the process is ready, later a result for each piece.

        Raises any error of the work, and IndexFailure if the process has ended.
        """
        try:
            result, error = self._connection.recv()
        except (EOFError, OSError) as ended:
            raise _ended_early() from ended
        if error is not None:
            raise error
        return result

    def kill(self) -> None:
        """Kill the process and wait for the end."""
        self._process.kill()
        self._process.join()
        self._lifeline.close()


def _ended_early() -> IndexFailure:
    return IndexFailure(
        "a process that read articles ended before its time, perhaps for want of memory; the index is as it "
        "was, and a smaller index_processes needs less memory"
    )


def _serve(make: Callable[[], Callable[[Any], Any]], connection: Connection, lifeline: Connection) -> None:
    """Body of a worker: answer each piece with `(result, None)` or `(None, error)`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent ends its workers
    threading.Thread(target=_exit_with, args=(lifeline,), daemon=True).start()
    with suppress(EOFError):
        work = make()
        connection.send((None, None))
        while True:
            piece = connection.recv()
            answer: tuple[Any, Exception | None]
            try:
                answer = (work(piece), None)
            except Exception as error:
                answer = (None, error)
            connection.send(answer)


def _exit_with(lifeline: Connection) -> None:
    lifeline.poll(None)
    os._exit(1)
