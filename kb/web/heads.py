"""Heads of requests as bytes: where a head ends, and whether it can still become one within the limits."""

from __future__ import annotations

from typing import Any, NamedTuple

from gunicorn.http.errors import InvalidRequestLine, LimitRequestHeaders, LimitRequestLine

MAX_HEAD_BYTES = 64 * 1024
"""Limit of a whole head: what a silent client can make a worker remember."""

_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"


class HeadLimits(NamedTuple):
    """Limits of a head that are known before it is whole; gunicorn's parser sees to the others."""

    line: int
    """Of the request line, in bytes."""
    fields: int
    total: int = MAX_HEAD_BYTES
    """In bytes."""

    @classmethod
    def of(cls, cfg: Any) -> HeadLimits:
        """Limits of gunicorn's configuration."""
        return cls(cfg.limit_request_line, cfg.limit_request_fields)


def head_length(received: bytearray, limits: HeadLimits, searched: int = 0) -> int | None:
    """Length of the head that `received` begins with, in bytes with the blank line; None for an incomplete head.

    searched  bytes of `received` that had no end of a head when they were looked at before

    Raises gunicorn's ParseException for a head that is beyond a limit or cannot become one.
    """
    end = received.find(_HEAD_END, max(0, searched - len(_HEAD_END) + 1))
    length = end + len(_HEAD_END) if end >= 0 else len(received)
    _check_line(received, limits.line)
    if length > limits.total:
        raise LimitRequestHeaders(f"more than {limits.total} bytes of header fields")
    if end >= 0:
        return length
    lines = received.count(b"\n")
    if lines > limits.fields + 2:  # request line, and an empty line before it
        raise LimitRequestHeaders(f"more than {limits.fields} header fields")
    if lines != received.count(_LINE_END):
        raise InvalidRequestLine("bare LF as line terminator")
    return None


def _check_line(received: bytearray, limit: int) -> None:
    begin = len(_LINE_END) if received.startswith(_LINE_END) else 0
    end = received.find(_LINE_END, begin, begin + limit + len(_LINE_END))
    if end < 0 and len(received) >= begin + limit + len(_LINE_END):
        raise LimitRequestLine(len(received) - begin, limit)
