"""Progress steps and the final report of a build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec


class Step(msgspec.Struct, frozen=True):
    """Progress of a build: `done` of `total` (0: unknown) items of a stage."""

    stage: Literal["scan", "read", "write", "verify", "publish"]
    done: int
    total: int


class Progress:
    """Steps of a build, told to a function."""

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self._tell = tell
        self._last = Step("scan", 0, 0)

    def __call__(self, step: Step) -> None:
        """Tell a step."""
        self._last = step
        self._tell(step)

    def again(self) -> None:
        """Tell the last step again: a sign of life in the middle of a long step."""
        self._tell(self._last)


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of a build; the index has `added + changed + unchanged + kept` articles."""

    generation: str
    """Name of the current generation; new if `published`."""
    published: bool
    """False: nothing had changed, and the current generation stays."""
    rebuilt_because: tuple[str, ...] = ()
    """Causes of more work than the corpus asked for: `schema changed from 1 to 2`, or a damaged file."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int
    kept: int = 0
    """Articles left in an earlier version, because the file can no longer be read."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(path, reason) of everything in the corpus not searchable in the current version."""
    articles: int
    """Articles in the index."""
    read: int = 0
    """Files read."""
    seconds: float
    articles_per_second: float = 0.0
    """All articles read, changed or not."""
    held_from: str = ""
    """Name of the generation rolled back from, if the rollback still holds."""
