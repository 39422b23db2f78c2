"""The searches of one worker, one at a time: threads that compute together hold each other up.

Python lets another thread go on every few milliseconds and at some steps of NumPy's; a search that was interrupted then
waits behind all the others, and its caches are cold when it goes on. Requests are still read, and answers sent, beside
a search.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.1
"""How long one search waits for another: beside one that takes long, it starts all the same."""


class Turns:
    """Whose turn it is among the threads of a worker."""

    def __init__(self, patience: float = PATIENCE_S) -> None:
        self._patience = patience
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What is done in the context is done alone, as far as patience reaches."""
        alone = self._lock.acquire(timeout=self._patience)
        try:
            yield
        finally:
            if alone:
                self._lock.release()
