"""Draining of listening sockets: no connection is begun any more, and none that is begun is lost.

A listening socket that is closed resets the connections in its backlog, and one that is not closed takes new ones for
ever. Between the two, the kernel can drop the packets that ask for a connection (SYN) and pass all others: a client
tries again a second later, and is refused then, before it has sent anything.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from gunicorn.arbiter import Arbiter

_SO_ATTACH_FILTER = 26
"""Of Linux; `socket` has no name for it."""

_FLAGS_OFFSET = 13
_SYN, _ACK = 0x02, 0x10

_LOAD_BYTE, _AND, _JUMP_IF_EQUAL, _RETURN = 0x30, 0x54, 0x15, 0x06

_PROGRAM = (
    (_LOAD_BYTE, 0, 0, _FLAGS_OFFSET),
    (_AND, 0, 0, _SYN | _ACK),
    (_JUMP_IF_EQUAL, 0, 1, _SYN),
    (_RETURN, 0, 0, 0),
    (_RETURN, 0, 0, 0xFFFFFFFF),
)
"""Classic BPF: opcode, two jumps, operand; a packet is kept up to the returned length."""


class DrainingArbiter(Arbiter):
    """gunicorn's arbiter for a graceful stop: workers answer every accepted request before the end."""

    def stop(self, graceful: bool = True) -> None:
        """Stop the workers; raises nothing where the kernel cannot filter."""
        if graceful:
            refuse_connections(self.LISTENERS)
        super().stop(graceful)


def refuse_connections(listeners: Iterable[Any]) -> None:
    """Have the kernel drop the packets that ask for a connection; on Linux alone."""
    if not sys.platform.startswith("linux"):
        return
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *instruction) for instruction in _PROGRAM))
    program = struct.pack("@HP", len(_PROGRAM), ctypes.addressof(code))
    for listener in listeners:
        # Not a socket of the internet, or a kernel without filters: the backlog may lose a connection.
        with suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
