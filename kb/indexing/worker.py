"""Worker processes: each answers pieces of work, in order, until the end of the parent.

Workers are spawned, not forked: nothing open in the parent is open in a worker, the builder's lock least of all. A
worker reads an end of a pipe, the lifeline, and exits when the parent's end is closed, at the latest by the end of the
parent, SIGKILL included.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kb.errors import IndexFailure

_PATIENCE = 10.0
"""Seconds between the end of a worker's pipe and the end of the process."""

_TURN = 10.0
"""Seconds between two looks of a worker at its timer."""

_LONGEST_CALL = 120.0
"""Seconds that a call in C may keep a worker's interpreter, before the worker ends as one that hangs."""

_TOLD = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
"""Exit codes of a process that was told to end."""

_spawn = multiprocessing.get_context("spawn")


class WorkerEnded(IndexFailure):
    """A worker ended too early; `was_told`: by a signal with the request to end."""

    def __init__(self, process: int, exit_code: int | None) -> None:
        super().__init__(
            "a process that read articles ended before its time, perhaps for want of memory; the index is as it "
            "was, and a smaller index_processes needs less memory"
        )
        self.process = process
        self.was_told = exit_code in _TOLD


class Worker:
    """A worker process, seen from the parent; `make` makes the work, in the worker."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._connection, connection = _spawn.Pipe()
        lifeline, self._lifeline = _spawn.Pipe(duplex=False)
        self._process = _spawn.Process(target=_serve, args=(make, connection, lifeline), daemon=True)
        try:
            self._process.start()
        finally:
            connection.close()
            lifeline.close()

    def wait_until_ready(self) -> None:
        """Wait until the process is ready for pieces.

        Raises any error of its start, and IndexFailure if the process has ended, whatever the cause.
        """
        try:
            self.receive()
        except WorkerEnded as ended:
            raise IndexFailure(str(ended)) from ended

    def send(self, piece: Any) -> None:
        """Send a piece to work on; raises WorkerEnded if the process has ended."""
        try:
            self._connection.send(piece)
        except OSError as error:
            raise self._ended() from error

    def receive(self) -> Any:
        """Wait for the next answer: None when the process is ready, later a result for each piece.

        Raises any error of the work, and WorkerEnded if the process has ended.
        """
        try:
            result, error = self._connection.recv()
        except (EOFError, OSError) as ended:
            raise self._ended() from ended
        if error is not None:
            raise error
        return result

    def kill(self) -> None:
        """Kill the process and wait for the end."""
        self._process.kill()
        self._process.join()
        self._lifeline.close()
        self._connection.close()

    def _ended(self) -> WorkerEnded:
        self._process.join(_PATIENCE)
        return WorkerEnded(self._process.pid or 0, self._process.exitcode)


def _serve(make: Callable[[], Callable[[Any], Any]], connection: Connection, lifeline: Connection) -> None:
    """Body of a worker: answer each piece with `(result, None)` or `(None, error)`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent ends its workers
    at_work: list[Any] = []
    threading.Thread(target=_exit_with, args=(lifeline, at_work), daemon=True).start()
    with suppress(EOFError):
        work = make()
        at_work.append(work)
        connection.send((None, None))
        while True:
            piece = connection.recv()
            answer: tuple[Any, Exception | None]
            try:
                answer = (work(piece), None)
            except Exception as error:
                answer = (None, error)
            connection.send(answer)


def _exit_with(lifeline: Connection, at_work: list[Any]) -> None:
    """Exit with the parent; `at_work` has the work, once it is made."""
    with Path(os.devnull).open("w") as nowhere:
        ended = False
        while not ended:
            # A parser that hangs in C gives this thread no turn; the timer needs none.
            faulthandler.dump_traceback_later(_LONGEST_CALL, exit=True, file=nowhere)
            ended = lifeline.poll(_TURN)
    for work in at_work:
        if hasattr(work, "orphaned"):
            work.orphaned()
    os._exit(1)
