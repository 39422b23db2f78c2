"""How a person is told that loops are being compiled: in the log, unless a program shows it otherwise."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Takes how many loops are compiled, and of how many."""

Announcer: TypeAlias = Callable[[str], AbstractContextManager[Progress]]
"""Shows a sentence, and then the progress as long as the context lasts."""

_log = logging.getLogger("kb")


@contextmanager
def log_announcer(sentence: str) -> Iterator[Progress]:
    """Say the sentence in the log, and nothing of the progress."""
    _log.warning("%s", sentence)
    yield lambda _done, _of: None


_announcer: list[Announcer] = [log_announcer]


def announce_with(announcer: Announcer) -> None:
    """Set the announcer of this process: commands set one for terminals."""
    _announcer[0] = announcer


def announced(sentence: str) -> AbstractContextManager[Progress]:
    """The context in which something is prepared, announced by this process's announcer."""
    return _announcer[0](sentence)
