"""Cache of encoded answers in a worker: search boxes repeat requests letter by letter.

The key is the entity tag, a digest of all that an answer is made of: an entry never goes stale, only out of use.
`took_ms` alone is written anew with every answer.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

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
        self._entries: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        """By entity tag, the body before and the body behind the value of `took_ms`."""
        self._lock = threading.Lock()

    def get(self, tag: str) -> bytes | None:
        """The answer with `took_ms` of this look-up, or None."""
        started = self._now()
        with self._lock:
            if tag not in self._entries:
                return None
            self._entries.move_to_end(tag)
            before, after = self._entries[tag]
        return b"%b%.2f%b" % (before, 1000 * (self._now() - started), after)

    def put(self, tag: str, body: bytes) -> None:
        """Add an answer; evict the least recently used entries beyond `max_bytes`."""
        if not self._max_bytes:
            return
        before, name, rest = body.partition(_TOOK)
        parts = (before + name, rest[rest.index(b",") :])
        if _size(parts) > self._max_bytes:
            return
        with self._lock:
            if tag in self._entries:
                return
            self._entries[tag] = parts
            self._bytes += _size(parts)
            while self._bytes > self._max_bytes:
                self._bytes -= _size(self._entries.popitem(last=False)[1])


def _size(parts: tuple[bytes, bytes]) -> int:
    return len(parts[0]) + len(parts[1]) + ENTRY_OVERHEAD
