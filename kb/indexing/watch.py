"""Building whenever the corpus changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import watchfiles

from kb.indexing.report import BuildReport

RESCAN_SECONDS = 60.0
"""A build is tried this often even without a notice of change: not every file system sends one."""

_QUIET_MS = 50
_LONGEST_WAIT_MS = 100
# A change is built once nothing has changed for _QUIET_MS, or after _LONGEST_WAIT_MS in any case.
_LOOK_MS = 1000


def watch(
    build: Callable[[], BuildReport],
    root: Path,
    *,
    stop: threading.Event,
    report: Callable[[BuildReport | Exception], None],
    rescan_seconds: float = RESCAN_SECONDS,
) -> None:
    """Nothing, once `stop` is set; until then builds now, after each change below `root`, and from time to time.

    `report` gets what each build returned or raised; one that failed is tried again with the next change.
    """
    _attempt(build, report)
    while not stop.is_set():
        try:
            for _ in _changes(root, stop, rescan_seconds):
                _attempt(build, report)
        except FileNotFoundError:
            # The folder is not there, perhaps not mounted yet; `build` says so once more when it is tried.
            if not stop.wait(_LOOK_MS / 1000) and root.is_dir():
                _attempt(build, report)


def _attempt(build: Callable[[], BuildReport], report: Callable[[BuildReport | Exception], None]) -> None:
    try:
        outcome: BuildReport | Exception = build()
    except Exception as error:
        outcome = error
    report(outcome)


def _changes(root: Path, stop: threading.Event, rescan_seconds: float) -> Iterator[None]:
    """Yields when it is time to build; ends when `stop` is set or the folder has been replaced by another one."""
    watched = root.stat().st_ino
    # What changed between the last build and the beginning of the watch was missed: build at the first look too.
    next_build = 0.0
    for changes in watchfiles.watch(
        root,
        watch_filter=None,
        debounce=_LONGEST_WAIT_MS,
        step=_QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
    ):
        if changes or time.monotonic() >= next_build:
            yield
            next_build = time.monotonic() + rescan_seconds
        if root.stat().st_ino != watched:
            return
