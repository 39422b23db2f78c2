"""Process pool: maps a function over pieces of work, in order, in this process and in worker processes.

A worker takes about a second to start, so a small map starts none. The main process works as well: alone until workers
are ready, later whenever it would wait for the next result.

Futures of `concurrent.futures` hold the results, a thread for each worker. The process behind a thread is our own:
ProcessPoolExecutor waits for ever where a worker is killed in the middle of sending a result (all workers share a
pipe, with the writing end open in the parent), and memory ends most often when large results are sent.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from kb.indexing.worker import Worker, WorkerEnded

Piece = TypeVar("Piece")
Result = TypeVar("Result")

LOOK_AHEAD = 3
"""Pieces for each process, handed out or waiting as results, beyond the last result given back."""


def map_in_order(
    make: Callable[[], Callable[[Piece], Result]],
    pieces: Sequence[Piece],
    processes: int,
    paying_seconds: float,
    after_end: Callable[[WorkerEnded, Piece], Result],
) -> Generator[Result, None, None]:
    """Results of `make()` for each piece, in order; close the generator, or workers may go on.

    `make` is called once in each process. With two or more processes `make`, pieces and results are pickled.
    Workers are started once the remaining pieces would take the main process `paying_seconds` at the measured pace.
    Where a worker ends in the middle of a piece, `after_end` gives the result in this process, and another worker is
    started. A worker whose parent has ended calls the `orphaned` of the work, if any, and exits.
    Raises IndexFailure if a worker cannot begin, and whatever the work or `after_end` raises, in whichever process.
    """
    work = make()
    if processes < 2:
        yield from map(work, pieces)
        return
    seconds = remaining = 0.0
    for index, piece in enumerate(pieces):
        if remaining >= paying_seconds:
            with closing(_Workers(make, processes - 1)) as workers:
                yield from _map_with_workers(workers, work, pieces[index:], processes, after_end)
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
    workers: _Workers[Piece, Result],
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    processes: int,
    after_end: Callable[[WorkerEnded, Piece], Result],
) -> Generator[Result, None, None]:
    remaining = iter(pieces)
    # Invariant: `pending` has the pieces that follow the last yielded result, in order, and no more than this limit.
    limit = LOOK_AHEAD * processes
    pending: deque[_Job[Piece, Result]] = deque()
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
        job = pending.popleft()
        try:
            result = job.future.result()
        except WorkerEnded as ended:
            result = after_end(ended, job.piece)
        yield result


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
            worker.wait_until_ready()
            self._of_thread.worker = worker
        except BaseException as error:
            # Raised by the thread's first job: ThreadPoolExecutor would log the error and hide it.
            self._of_thread.error = error

    def _call(self, piece: Piece) -> Result:
        if not hasattr(self._of_thread, "worker"):
            self._start()
        if hasattr(self._of_thread, "error"):
            raise self._of_thread.error
        worker: Worker = self._of_thread.worker
        try:
            worker.send(piece)
            result: Result = worker.receive()
        except WorkerEnded:
            # The next job of this thread starts another process.
            del self._of_thread.worker
            worker.kill()
            raise
        return result
