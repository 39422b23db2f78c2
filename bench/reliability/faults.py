"""Faults at single system calls of a process, by strace: which there are, and a signal or an error at one of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

STRACE = shutil.which("strace")

MUTATING = (
    *("write", "pwrite64", "writev", "ftruncate", "fallocate", "copy_file_range", "sendfile"),
    *(
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
        "symlink",
        "unlink",
        "unlinkat",
        "mkdir",
        "mkdirat",
        "rmdir",
    ),
    *("fsync", "fdatasync", "chmod", "fchmod", "utimensat"),
)
"""System calls that change a disk, besides the opening of a file to write."""

_OPENING = ("openat", "creat")
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_WRITING = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC")


class Point(NamedTuple):
    """The n-th call of a name in a thread."""

    call: str
    number: int


def mutating_points(trace: str) -> list[Point]:
    """The calls in the text of a trace that change a disk, in their order."""
    counts: Counter[tuple[str, str]] = Counter()
    points: dict[Point, None] = {}
    for line in trace.splitlines():
        if (found := _CALL.match(line)) is None:
            continue
        thread, call, arguments = found.groups()
        counts[thread, call] += 1
        if call in MUTATING or any(flag in arguments for flag in _WRITING):
            points[Point(call, counts[thread, call])] = None
    return list(points)


@contextmanager
def traced(process: int, output: Path) -> Iterator[None]:
    """Write the calls of a stopped process to a file until it ends."""
    with _attached(process, ["-o", str(output), "-e", f"trace={_calls()}"]):
        yield


@contextmanager
def failing(process: int, point: Point, fault: str) -> Iterator[None]:
    """Let a call of a stopped process fail; `fault` is `signal=KILL`, `error=EIO`, or with `+` from then on."""
    onwards = "+" if fault.endswith("+") else ""
    inject = f"inject={point.call}:{fault.rstrip('+')}:when={point.number}{onwards}"
    with _attached(process, ["-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject]):
        yield


@contextmanager
def _attached(process: int, options: list[str]) -> Iterator[None]:
    command = [STRACE or "strace", "-f", *options, "-p", str(process)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        said = tracer.stderr.readline()
        if "attached" not in said:
            raise RuntimeError(f"strace does not attach: {said.strip()}")
        yield
        # The tracer ends with the last process that it traces.
        tracer.communicate(timeout=60)


def _calls() -> str:
    return ",".join([*MUTATING, *_OPENING])
