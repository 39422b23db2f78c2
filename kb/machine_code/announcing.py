"""Announcements of compiling, for a person who waits: in the log, unless a program sets an announcer of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Callback for two counts: loops compiled so far, and loops to compile."""

Announcer: TypeAlias = Callable[[str], AbstractContextManager[Progress]]
"""Shows a sentence; the context gives a callback for the progress, and ends with the work."""

_log = logging.getLogger("kb")


@contextmanager
def log_announcer(sentence: str) -> Iterator[Progress]:
    """Log the sentence, and nothing of the progress."""
    _log.warning("%s", sentence)
    yield lambda _done, _total: None


_announcer: list[Announcer] = [log_announcer]


def announce_with(announcer: Announcer) -> None:
    """Set the announcer of this process, as commands do for terminals."""
    _announcer[0] = announcer


def announced(sentence: str) -> AbstractContextManager[Progress]:
    """Announce work by this process's announcer: the context of the work."""
    return _announcer[0](sentence)
