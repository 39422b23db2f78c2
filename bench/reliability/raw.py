"""Bytes sent to a service as they are, and the responses that come back."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import NamedTuple

from bench.reliability.service import Answer
from bench.reliability.traffic import parse_head


class Exchange(NamedTuple):
    """Responses on one connection, and whether the service closed it."""

    answers: list[Answer]
    closed: bool


def send_raw(port: int, request: bytes, timeout: float = 3.0) -> Exchange:
    """The responses to some bytes, until the service closes the connection or is silent for the time-out."""
    received = b""
    closed = True
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        try:
            while part := connection.recv(1 << 16):
                received += part
        except TimeoutError:
            closed = False
        except ConnectionError:
            # A reset after the response: the service had not read all that was sent.
            closed = True
    return Exchange(parse_answers(received, head_only=request.startswith(b"HEAD ")), closed)


def parse_answers(received: bytes, head_only: bool = False) -> list[Answer]:
    """The responses in a stream of bytes; raises ValueError where something else is in it."""
    answers = []
    while received:
        head, found, rest = received.partition(b"\r\n\r\n")
        if not found:
            raise ValueError(f"half a response: {head[:60]!r}")
        answer = parse_head(head)
        bodiless = head_only or answer.status in (204, 304)
        length = 0 if bodiless else int(answer.headers.get("content-length", len(rest)))
        answers.append(answer._replace(body=rest[:length]))
        received = rest[length:]
    return answers
