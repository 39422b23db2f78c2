"""Lock of the builder: `flock` on `index/.lock`, freed by the operating system at the end of the process.

The file stays; only the lock counts. The line `<pid> <start, UTC>` tells a waiting builder about the holder. The lock
belongs to the open file description, shared by forked processes: nothing is forked during a build.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import IndexLocked

LOCK = ".lock"
_PATIENCE = 0.05
"""Seconds before a builder is reported as locked out: `builder_at_work` holds the lock for some microseconds."""


@contextmanager
def builder_lock(folder: Path, *, wait_seconds: float, notice: Callable[[int], None]) -> Iterator[None]:
    """Hold the builder's lock of an index folder.

    While another builder holds the lock, wait; `notice` is called once with the holder's process id (0: unknown).
    Raises IndexLocked with the process id after `wait_seconds`.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _acquire(descriptor, _PATIENCE):
            pid = _holder(descriptor)
            notice(pid)
            if not _acquire(descriptor, wait_seconds):
                raise IndexLocked(f"process {_holder(descriptor) or '?'} is building {folder}; wait until it is done")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def builder_at_work(folder: Path) -> int | None:
    """Process id of the lock's holder (0: unknown); None if the lock is free, or cannot be looked at."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
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
