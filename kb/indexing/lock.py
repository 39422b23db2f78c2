"""One builder at a time: a lock of the operating system on `index/.lock`, which ends with the process that holds it.

The file stays; only the lock on it counts. It holds one line, `<pid> <start, UTC>`, for whoever has to wait. The lock
belongs to the open file, so a process forked while it is held would hold it too: nothing here forks.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import BuildRefused

LOCK = ".lock"
_PATIENCE = 0.05
# A look at whether a builder is at work holds the lock for some microseconds; nobody is refused because of that.


@contextmanager
def builder_lock(folder: Path, *, wait_seconds: float, notice: Callable[[int], None]) -> Iterator[None]:
    """A context in which no other builder works on the index folder.

    If another does, `notice` is called once with its process number (0 if unknown) and the lock is waited for.
    Raises BuildRefused, which names that process, when the time is up.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _acquire(descriptor, _PATIENCE):
            pid = _holder(descriptor)
            notice(pid)
            if not _acquire(descriptor, wait_seconds):
                raise BuildRefused(f"process {_holder(descriptor) or '?'} is building {folder}; wait until it is done")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def builder_at_work(folder: Path) -> int | None:
    """The process number of the builder that is at work (0 if unknown); None if none is."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return None if _try(descriptor, fcntl.LOCK_SH) else _holder(descriptor)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _try(descriptor, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int:
    first = os.pread(descriptor, 64, 0).split(b" ")[0]
    return int(first) if first.isdigit() else 0
