"""State of the watcher, the process to keep an index fresh: `watch.json` in the index folder.

The file is checksummed JSON (`checked_json.py`), replaced by a rename and not synced: the state of a process
is not wanted after a power failure. A read-only folder has no state of a watcher.

Formats: 1 - the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from kb.errors import IndexDamaged
from kb.storage.checked_json import encode_checked, read_checked

WATCH = "watch.json"
WATCH_FORMAT = 1

SIGN_SECONDS = 5.0
"""Least time between two signs of life in the file."""

SILENT_SECONDS = 120.0
"""Age of the last sign of life of a watcher counted as gone or hanging."""


class LastBuild(msgspec.Struct, frozen=True):
    """The last successful build; `published`: with a new generation."""

    when: datetime
    generation: str
    published: bool


class LastFailure(msgspec.Struct, frozen=True):
    """The last failed build; `code` is for everybody, `text` for people with a right to know the paths."""

    when: datetime
    code: str
    text: str


class WatchState(msgspec.Struct, frozen=True, kw_only=True):
    """State of a watcher; times are UTC.

    sign   last sign of life
    mode   how changes are noticed; empty before the first look
    ended  the watcher was told to end, and did
    """

    pid: int
    started: datetime
    sign: datetime
    mode: Literal["", "notices", "polling"] = ""
    mode_reason: str = ""
    last_build: LastBuild | None = None
    last_failure: LastFailure | None = None
    ended: bool = False

    def condition(self, now: datetime) -> Literal["running", "failing", "silent", "ended"]:
        """The watcher in a word; failing: no build has succeeded since the last failure."""
        if self.ended:
            return "ended"
        if (now - self.sign).total_seconds() > SILENT_SECONDS:
            return "silent"
        built = self.last_build.when if self.last_build else None
        return "failing" if self.last_failure and (built is None or built < self.last_failure.when) else "running"


def utc_now() -> datetime:
    """The time, with a zone."""
    return datetime.now(UTC)


def watch_state(folder: Path) -> WatchState | None:
    """State of the last watcher of an index folder; None without a readable file."""
    try:
        return read_checked(folder / WATCH, WatchState, WATCH_FORMAT)
    except IndexDamaged:
        return None


class WatchJournal:
    """Writer of the state of the watcher, for the process itself; failures to write are ignored."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._path = folder / WATCH
        self._now = now
        before = watch_state(folder)
        self._state = WatchState(
            pid=os.getpid(),
            started=now(),
            sign=now(),
            last_build=before.last_build if before else None,
            last_failure=before.last_failure if before else None,
        )
        self._write()

    def sign(self) -> None:
        """Note a sign of life."""
        if abs((self._now() - self._state.sign).total_seconds()) >= SIGN_SECONDS:
            self._write()

    def mode(self, mode: Literal["notices", "polling"], reason: str) -> None:
        """Note how changes are noticed, and the reason of polling."""
        self._write(mode=mode, mode_reason=reason)

    def built(self, generation: str, *, published: bool) -> None:
        """Note a successful build."""
        self._write(last_build=LastBuild(self._now(), generation, published))

    def failed(self, code: str, text: str) -> None:
        """Note a failed build."""
        self._write(last_failure=LastFailure(self._now(), code, text))

    def end(self) -> None:
        """Note the end of the watcher."""
        self._write(ended=True)

    def _write(self, **changes: object) -> None:
        self._state = msgspec.structs.replace(self._state, sign=self._now(), **changes)
        # Named by the process: another build removes `*.tmp`, and another watcher may write at the same time.
        waiting = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            waiting.write_bytes(encode_checked(self._state, WATCH_FORMAT))
            waiting.replace(self._path)
