"""Answers that a worker keeps, because search boxes ask the same again and again, letter by letter.

An answer's entity tag is made from its generation and its request, and neither changes: an answer is never out of date,
only no longer asked for. Of all that is said in it, the time that it took is not true a second time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

BYTES_BESIDES = 500
"""What an answer costs in memory besides its bytes: the tag, and Python's objects around both."""

_TOOK = b'"took_ms":'
# A quotation mark inside a text is escaped in JSON, so this can only be the name of a member.


class AnswerCache:
    """The answers asked for last, encoded, in so many bytes of memory; safe to share between threads."""

    def __init__(self, most_bytes: int, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._most = most_bytes
        self._held = 0
        self._kept: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> bytes | None:
        """The answer with this tag, taking the time that it takes now; None if it is not here."""
        started = self._now()
        with self._lock:
            if tag not in self._kept:
                return None
            self._kept.move_to_end(tag)
            before, after = self._kept[tag]
        return b"%b%.2f%b" % (before, 1000 * (self._now() - started), after)

    def keep(self, tag: str, body: bytes) -> None:
        """Afterwards the answer is here, and those asked for longest ago are not if there is no room for them."""
        if not self._most:
            return
        before, name, rest = body.partition(_TOOK)
        parts = (before + name, rest[rest.index(b",") :])
        if _size(parts) > self._most:
            return
        with self._lock:
            if tag in self._kept:
                return
            self._kept[tag] = parts
            self._held += _size(parts)
            while self._held > self._most:
                self._held -= _size(self._kept.popitem(last=False)[1])


def _size(parts: tuple[bytes, bytes]) -> int:
    return len(parts[0]) + len(parts[1]) + BYTES_BESIDES
