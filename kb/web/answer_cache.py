"""Cache of encoded answers and pages in a worker: search boxes repeat requests letter by letter, links bring readers.

The key is the entity tag, a digest of all that an answer is made of: an entry never goes stale, only out of use.
`took_ms` alone is written anew with every answer.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias

MOST_SHARE = 4
"""Divisor of the cache: a page that takes a greater part of it is not kept, as it would drive out all others."""

ENTRY_OVERHEAD = 500
"""Memory of an entry beside the body, in bytes: the key and the Python objects."""

_TOOK = b'"took_ms":'
"""Name of the JSON member; a string value cannot contain it, as its quotation marks are escaped."""


class AnswerCache:
    """Least-recently-used cache of at most `max_bytes`; safe to share between threads."""

    def __init__(self, max_bytes: int, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, _Parts] = OrderedDict()
        """By entity tag."""
        self._lock = threading.Lock()

    def get(self, tag: str) -> bytes | None:
        """The answer with `took_ms` of this look-up, or the page; None without either."""
        started = self._now()
        with self._lock:
            if tag not in self._entries:
                return None
            self._entries.move_to_end(tag)
            before, after = self._entries[tag]
        return before if after is None else b"%b%.2f%b" % (before, 1000 * (self._now() - started), after)

    def put(self, tag: str, body: bytes) -> None:
        """Add an answer; evict the least recently used entries beyond `max_bytes`."""
        if not self._max_bytes:
            return
        before, name, rest = body.partition(_TOOK)
        self._add(tag, (before + name, rest[rest.index(b",") :]), self._max_bytes)

    def put_page(self, tag: str, body: bytes) -> None:
        """Add a body that is given again as it is."""
        self._add(tag, (body, None), self._max_bytes // MOST_SHARE)

    def _add(self, tag: str, parts: _Parts, most: int) -> None:
        """Add an entry of at most `most` bytes, and evict others beyond `max_bytes`."""
        if _size(parts) > most:
            return
        with self._lock:
            if tag in self._entries:
                return
            self._entries[tag] = parts
            self._bytes += _size(parts)
            while self._bytes > self._max_bytes:
                self._bytes -= _size(self._entries.popitem(last=False)[1])


_Parts: TypeAlias = tuple[bytes, bytes | None]
"""The body before and the body behind the value of `took_ms`; None behind a body without."""


def _size(parts: _Parts) -> int:
    return len(parts[0]) + len(parts[1] or b"") + ENTRY_OVERHEAD
