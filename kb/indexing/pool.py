"""Work shared out between this process and others: what is given back is in order, whoever did it.

A process costs a second before it works, so none is started for what this one does as soon alone. A thread here speaks
for each of the others. Until they are ready this process works alone, and afterwards whenever what is to be given back
next is not done.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import Generic, TypeVar

from kb.errors import IndexFailure
from kb.indexing.workers import Worker

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_AHEAD = 3
# Results for each process that may wait for the one that is to be given back next.


def shared_out(
    make: Callable[[], Callable[[Piece], Result]], pieces: Sequence[Piece], processes: int, paying_seconds: float
) -> Generator[Result, None, None]:
    """What the made function gives for each piece, in their order; close it, or processes may go on.

    `make` is called once in each process; it, the pieces and the results can be pickled if `processes` is above one.
    Others than this one are started once what remains would take it `paying_seconds`, at its pace so far.
    Raises IndexFailure if one of them ends before its time.
    """
    work = make()
    if processes < 2:
        yield from map(work, pieces)
        return
    seconds = remaining = 0.0
    for number, piece in enumerate(pieces):
        if remaining >= paying_seconds:
            yield from _by_several(make, work, pieces[number:], processes)
            return
        started = time.monotonic()
        result = work(piece)
        if number:  # the first one does not count: it loads what the work needs
            seconds += time.monotonic() - started
            remaining = seconds / number * (len(pieces) - number - 1)
        yield result


def _by_several(
    make: Callable[[], Callable[[Piece], Result]],
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    processes: int,
) -> Generator[Result, None, None]:
    board: _Board[Result] = _Board(len(pieces), _AHEAD * processes)
    threads = [threading.Thread(target=_speak, args=(board, make, pieces), daemon=True) for _ in range(processes - 1)]
    try:
        for thread in threads:
            thread.start()
        for number in range(len(pieces)):
            while not board.has(number):
                own = board.claim()
                if own is not None:
                    board.put(own, work(pieces[own]))
                else:
                    board.wait_for(number)
            yield board.take(number)
    finally:
        board.close()
        for thread in threads:
            thread.join()


class _Board(Generic[Result]):
    """Which pieces are claimed and which results are there; for several threads."""

    def __init__(self, pieces: int, ahead: int) -> None:
        self._pieces = pieces
        self._ahead = ahead
        self._changed = threading.Condition()
        self._claimed = self._taken = 0
        self._results: dict[int, Result] = {}
        self._workers: set[Worker] = set()
        self._failure: BaseException | None = None
        self._closed = False

    def has(self, number: int) -> bool:
        """Whether a result is there; raises what a process failed with."""
        with self._changed:
            if self._failure:
                raise self._failure
            return number in self._results

    def claim(self) -> int | None:
        """A piece to work on, if there is one that may be worked on now."""
        with self._changed:
            if not self._claimable():
                return None
            self._claimed += 1
            return self._claimed - 1

    def wait_for_claim(self) -> int | None:
        """The same once there is one; None when there will be none any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._claimed == self._pieces or self._claimable())
            return None if self._closed else self.claim()

    def put(self, number: int, result: Result) -> None:
        with self._changed:
            self._results[number] = result
            self._changed.notify_all()

    def wait_for(self, number: int) -> None:
        """Nothing, once the result is there, another piece can be claimed, or a process has failed."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._results or self._failure or self._claimable())

    def take(self, number: int) -> Result:
        """A result that is there, to be given back."""
        with self._changed:
            self._taken = number + 1
            self._changed.notify_all()
            return self._results.pop(number)

    def fail(self, error: BaseException) -> None:
        with self._changed:
            self._failure = self._failure or error
            self._changed.notify_all()

    def enter(self, worker: Worker) -> None:
        """Notes a worker that ends with the board."""
        with self._changed:
            self._workers.add(worker)
            if self._closed:
                worker.end()

    def close(self) -> None:
        """Ends all processes, and lets the threads go that wait."""
        with self._changed:
            self._closed = True
            for worker in self._workers:
                worker.end()
            self._changed.notify_all()

    def _claimable(self) -> bool:
        return not self._closed and self._claimed < min(self._pieces, self._taken + self._ahead)


def _speak(board: _Board[Result], make: Callable[[], Callable[[Piece], Result]], pieces: Sequence[Piece]) -> None:
    """Gives a process of its own pieces to work on, until none is left."""
    try:
        worker = Worker(make)
        board.enter(worker)
        worker.receive()
        while (number := board.wait_for_claim()) is not None:
            worker.send(pieces[number])
            board.put(number, worker.receive())
    except (EOFError, OSError):
        board.fail(
            IndexFailure(
                "a process that read articles ended before its time, perhaps for want of memory; the index is as it "
                "was, and a smaller index_processes needs less memory"
            )
        )
    except BaseException as error:
        board.fail(error)
