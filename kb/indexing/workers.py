"""A process that works for this one, on one piece after the other.

It is started afresh, not forked: nothing that is open here is open there, the lock of a build least of all. It holds
one end of a pipe, the lifeline, and ends when the other end is closed: when nobody needs it, or with this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

_spawn = multiprocessing.get_context("spawn")


class Worker:
    """Another process, as this one sees it."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._connection, theirs = _spawn.Pipe()
        their_lifeline, self._lifeline = _spawn.Pipe(duplex=False)
        self._process = _spawn.Process(target=_serve, args=(make, theirs, their_lifeline), daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()
            their_lifeline.close()

    def send(self, piece: Any) -> None:
        """Gives it a piece to work on."""
        self._connection.send(piece)

    def receive(self) -> Any:
        """What it has to say next: nothing when it is ready, then a result for each piece; raises what it raised.

        Raises EOFError or OSError if it has ended.
        """
        result, error = self._connection.recv()
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """Afterwards it is not there any more."""
        self._process.kill()
        self._process.join()
        self._lifeline.close()


def _serve(make: Callable[[], Callable[[Any], Any]], connection: Connection, lifeline: Connection) -> None:
    _hold(lifeline)
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


def _hold(lifeline: Connection) -> None:
    """The process ends with its lifeline, and leaves Ctrl+C, which reaches it too, to the process above."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        lifeline.poll(None)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
