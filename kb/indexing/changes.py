"""Changes below a folder: by notices of the operating system, or by polling where notices are not to be had.

Notices fail where the system's limit of watched folders is reached, and are not sent by network file systems.
Then the state of the folder is compared every few seconds, and notices are tried again later.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import watchfiles

from kb.indexing.mounts import remote_file_system
from kb.indexing.snapshot import snapshot

Mode: TypeAlias = Literal["notices", "polling"]

TICK_SECONDS = 1.0
"""Time between two values without a change, and between two looks at `stop` and the identity of the folder."""

POLLING_SECONDS = 3.0
"""Least time between two looks at all files."""

POLLING_SHARE = 0.05
"""Largest share of time for looking at all files: large folders are looked at less often."""

NOTICES_AGAIN_SECONDS = 300.0
"""Time of polling before notices are tried again."""

_QUIET_MS = 50
"""Milliseconds without a further change before a change is told."""

_LONGEST_WAIT_MS = 100
"""Milliseconds before a change is told in any case."""


class Changes:
    """Iterator over the state of a folder: True after a change, False about once a second; until `stop` is set.

    True is also the first value of each beginning, as earlier changes were not seen.
    """

    def __init__(
        self,
        root: Path,
        stop: threading.Event,
        tell_mode: Callable[[Mode, str], None],
        *,
        notices_again_seconds: float = NOTICES_AGAIN_SECONDS,
        polling_seconds: float = POLLING_SECONDS,
    ) -> None:
        """`tell_mode` is called with the mode, and with the reason of polling, whenever the mode changes."""
        self._root = root
        self._stop = stop
        self._tell_mode = tell_mode
        self._notices_again_seconds = notices_again_seconds
        self._polling_seconds = polling_seconds
        self._mode: Mode | None = None

    def __iter__(self) -> Iterator[bool]:
        while not self._stop.is_set():
            try:
                if kind := remote_file_system(self._root):
                    yield from self._poll(f"the file system {kind} does not send notices")
                else:
                    yield from self._listen()
            except FileNotFoundError:
                yield from self._wait_for_folder()
            except Exception as error:
                # Whatever the library raises: it has exceptions of its own, beside those of the operating system.
                yield from self._poll(str(error) or type(error).__name__)

    def _listen(self) -> Iterator[bool]:
        """Values by notices, until the root is replaced by a new folder."""
        watched = self._identity()
        first = True
        for changes in watchfiles.watch(
            self._root,
            watch_filter=None,
            debounce=_LONGEST_WAIT_MS,
            step=_QUIET_MS,
            rust_timeout=round(TICK_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=self._stop,
            # If true, the library ignores the system's limit of watched folders as well, and hears nothing.
            ignore_permission_denied=False,
        ):
            self._enter("notices")
            yield first or bool(changes)
            first = False
            if self._identity() != watched:
                return

    def _identity(self) -> tuple[int, int]:
        """Device and inode of the root: roots of file systems have the same inode."""
        stat = self._root.stat()
        return stat.st_dev, stat.st_ino

    def _poll(self, reason: str) -> Iterator[bool]:
        """Values by polling, until the time for another try of notices."""
        self._enter("polling", reason)
        end = time.monotonic() + self._notices_again_seconds
        before: int | None = None
        while not self._stop.is_set() and time.monotonic() < end:
            started = time.monotonic()
            now = snapshot(self._root)
            pause = max(self._polling_seconds, (time.monotonic() - started) / POLLING_SHARE)
            yield now != before
            before = now
            yield from self._wait(pause)

    def _wait_for_folder(self) -> Iterator[bool]:
        """Values until the folder exists, perhaps mounted later; the first value tells about the absence."""
        yield True
        while not self._stop.is_set() and not self._root.is_dir():
            yield from self._wait(TICK_SECONDS)

    def _wait(self, seconds: float) -> Iterator[bool]:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._stop.wait(min(left, TICK_SECONDS)):
            yield False

    def _enter(self, mode: Mode, reason: str = "") -> None:
        if mode != self._mode:
            self._mode = mode
            self._tell_mode(mode, reason)
