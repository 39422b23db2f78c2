"""Faults at single system calls of a real process, where strace is installed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.reliability.faults import STRACE, Point, failing, mutating_points, traced

TRACE = """\
71 openat(AT_FDCWD, "/index/CURRENT", O_RDONLY|O_CLOEXEC) = 3
71 openat(AT_FDCWD, "/index/.lock", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3
71 mkdir("/index/building-2", 0777)      = 0
72 write(1, "text", 4)                   = 4
71 write(4, "text", 4)                   = 4
71 write(4, "more", 4)                   = 4
71 --- SIGCONT {si_signo=SIGCONT} ---
71 rename("/index/CURRENT.tmp", "/index/CURRENT") = 0
71 +++ exited with 0 +++
"""

PROGRAM = """
import os, signal, sys
os.kill(os.getpid(), signal.SIGSTOP)
for number in range(3):
    try:
        os.mkdir(os.path.join(sys.argv[1], str(number)))
    except OSError as error:
        print(number, error.errno, flush=True)
"""


def test_only_calls_that_change_the_disk_are_points() -> None:
    assert mutating_points(TRACE) == [
        Point("openat", 2),
        Point("mkdir", 1),
        Point("write", 1),
        Point("write", 2),
        Point("rename", 1),
    ]


def _stopped(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, folder], stdout=subprocess.PIPE, text=True)
    os.waitpid(process.pid, os.WUNTRACED)
    return process


def _go_on(process: subprocess.Popen[str]) -> tuple[str, int]:
    process.send_signal(18)
    return process.communicate(timeout=30)[0], process.returncode


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_one_call_of_a_process_fails_or_ends_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    process = _stopped(folder)
    with traced(process.pid, tmp_path / "trace"):
        assert _go_on(process) == ("", 0)
    assert [point for point in mutating_points((tmp_path / "trace").read_text()) if point.call == "mkdir"] == [
        Point("mkdir", 1),
        Point("mkdir", 2),
        Point("mkdir", 3),
    ]
    for number in range(3):
        (folder / str(number)).rmdir()

    process = _stopped(folder)
    with failing(process.pid, Point("mkdir", 2), "error=ENOSPC"):
        assert _go_on(process) == (f"1 {errno.ENOSPC}\n", 0)
    assert sorted(path.name for path in folder.iterdir()) == ["0", "2"]

    process = _stopped(folder / "..")
    with failing(process.pid, Point("mkdir", 2), "signal=KILL"):
        assert _go_on(process) == ("", -9)
    assert (tmp_path / "0").exists()
    assert not (tmp_path / "1").exists()
