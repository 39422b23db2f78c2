"""What a start costs is measured on real commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.start import _family, _pss, _seconds

linux = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")


def test_the_processor_time_of_a_command_is_counted(tmp_path: Path) -> None:
    assert 0 < float(_seconds(tmp_path / "code", "--version")) < 10
    assert not (tmp_path / "code").exists()


@linux
def test_a_family_is_a_process_with_those_below_it() -> None:
    program = "print(1, flush=True); input()"
    below = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert below.stdout
        # When it has spoken, it is the program that was started, with its memory.
        assert below.stdout.readline() == b"1\n"
        assert {os.getpid(), below.pid} <= set(_family(os.getpid()))
        assert _pss(below.pid) > 1e6
    finally:
        below.communicate(b"\n")
