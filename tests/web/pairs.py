"""Connections of a worker without a server: one end is the worker's, the other the client's."""

from __future__ import annotations

import socket

from kb.web.connection import Connection

CLIENT = ("127.0.0.1", 4711)
SERVER = ("127.0.0.1", 8000)


def connect(now: float = 0.0) -> tuple[Connection, socket.socket]:
    """A connection and its client, which waits for at most five seconds."""
    ours, theirs = socket.socketpair()
    # Small, so that a client that does not read is noticed soon.
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    theirs.settimeout(5)
    return Connection(ours, CLIENT, SERVER, now), theirs
