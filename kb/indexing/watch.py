"""Builds after every change of the corpus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import watchfiles

from kb.indexing.report import BuildReport

RESCAN_SECONDS = 60.0
"""Seconds before a build is tried without a notice of change: not every file system sends notices."""

_QUIET_MS = 50
"""Milliseconds without a further change before a change is built."""

_LONGEST_WAIT_MS = 100
"""Milliseconds before a change is built in any case."""

_POLL_MS = 1000
"""Milliseconds between two looks at `stop`, the time and the identity of the folder."""


def watch(
    build: Callable[[], BuildReport],
    root: Path,
    *,
    stop: threading.Event,
    report: Callable[[BuildReport | Exception], None],
    rescan_seconds: float = RESCAN_SECONDS,
) -> None:
    """Build now, after each change below `root`, and every `rescan_seconds`, until `stop` is set.

    `report` is called with the result or the exception of each build; a failed build is tried again with the next
    change.
    """
    _attempt(build, report)
    while not stop.is_set():
        try:
            for _ in _changes(root, stop, rescan_seconds):
                _attempt(build, report)
        except FileNotFoundError:
            # The folder is missing, perhaps not mounted yet; the next build raises the error for `report`.
            if not stop.wait(_POLL_MS / 1000) and root.is_dir():
                _attempt(build, report)


def _attempt(build: Callable[[], BuildReport], report: Callable[[BuildReport | Exception], None]) -> None:
    try:
        outcome: BuildReport | Exception = build()
    except Exception as error:
        outcome = error
    report(outcome)


def _changes(root: Path, stop: threading.Event, rescan_seconds: float) -> Iterator[None]:
    """Yield when it is time to build; end when `stop` is set or another folder has replaced `root`."""
    watched = root.stat().st_ino
    # Changes between the last build and the beginning of the watch were missed: build at the first poll too.
    next_build = 0.0
    for changes in watchfiles.watch(
        root,
        watch_filter=None,
        debounce=_LONGEST_WAIT_MS,
        step=_QUIET_MS,
        rust_timeout=_POLL_MS,
        yield_on_timeout=True,
        stop_event=stop,
    ):
        if changes or time.monotonic() >= next_build:
            yield
            next_build = time.monotonic() + rescan_seconds
        if root.stat().st_ino != watched:
            return
