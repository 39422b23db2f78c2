"""Open connections of a worker, bounded in count and in memory: the longest without progress give way to new ones."""

from __future__ import annotations

import resource
from collections.abc import Iterator

from kb.web.connection import Connection, Phase

MAX_UNSENT_BYTES = 64 * 1024 * 1024
"""Answers of a worker that clients have not taken yet; beyond, the clients that have taken nothing for longest go."""

DESCRIPTORS_SHARE = 0.5
"""Share of the descriptors of a process for connections: the rest is for the index."""


def capacity(wanted: int) -> int:
    """Count of connections that a process has descriptors for, at most `wanted`."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, int(allowed * DESCRIPTORS_SHARE)))


class Connections:
    """Open connections."""

    def __init__(self, most: int, max_unsent: int = MAX_UNSENT_BYTES) -> None:
        self._most = most
        self._max_unsent = max_unsent
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._open))

    def add(self, connection: Connection) -> None:
        self._open.add(connection)

    def remove(self, connection: Connection) -> None:
        self._open.discard(connection)

    @property
    def are_full(self) -> bool:
        """Whether a new connection needs the room of another."""
        return len(self._open) >= self._most

    def overdue(self, now: float) -> list[Connection]:
        """Connections whose clients have used up their time; a request that is being answered has no deadline here."""
        return [each for each in self._open if each.deadline < now and each.phase is not Phase.ANSWERING]

    def longest_waiting(self) -> Connection | None:
        """The connection without progress for longest, if any waits for its client."""
        waiting = (each for each in self._open if each.phase is not Phase.ANSWERING)
        return min(waiting, key=lambda each: each.since, default=None)

    def excess(self) -> list[Connection]:
        """Connections to end, longest without progress first, for the others' unsent answers to fit into memory."""
        sending = sorted((each for each in self._open if each.phase is Phase.SENDING), key=lambda each: each.since)
        over = sum(each.held_bytes for each in sending) - self._max_unsent
        ending = []
        # One answer alone may be of any size: its memory was needed to make it.
        for each in sending[:-1]:
            if over <= 0:
                break
            ending.append(each)
            over -= each.held_bytes
        return ending
