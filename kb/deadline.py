"""The time that a request may take: looked at between the steps of a long piece of work."""

from __future__ import annotations

import time
from collections.abc import Callable


class DeadlinePassed(Exception):
    """The time allowed for a search ran out."""


class Deadline:
    """A moment in time, by a clock in seconds."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        """`seconds` from now on."""
        self._now = now
        self._end = now() + seconds

    def has_passed(self) -> bool:
        """Whether the moment is over."""
        return self._now() > self._end

    def check(self) -> None:
        """Raise DeadlinePassed once the moment is over."""
        if self.has_passed():
            raise DeadlinePassed

    def after(self, share: float) -> Deadline:
        """The moment at which a share of the time left will be over."""
        return Deadline(share * (self._end - self._now()), self._now)


NEVER = Deadline(float("inf"))
"""No limit of time."""
