"""Clients in a process of their own, apart from the one that judges: at work for as long as a block lasts."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from typing import Self

_SPAWN = get_context("spawn")


class ClientProcess:
    """A process of clients, at work when the block begins; a subclass ends it."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        """`work` is given the arguments, an event to stop at, and a pipe: it sends something when all clients began."""
        self._stop = _SPAWN.Event()
        self._ours, self._theirs = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(target=work, args=(*arguments, self._stop, self._theirs), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        # With one end in one process, the end of the clients is the end of the pipe.
        self._theirs.close()
        self._ours.recv()
        return self
