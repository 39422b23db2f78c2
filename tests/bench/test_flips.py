"""Random damage to an index ends no process, and after one look over the files no answer is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.reliability import flips
from bench.reliability.flips import Round, main, table

ROOT = Path(__file__).parents[2]


def test_sixty_rounds_break_no_promise() -> None:
    command = [sys.executable, "-m", "bench.reliability.flips", "60", "--seed", "7"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    *rows, last = done.stdout.splitlines()
    assert last.startswith("60 rounds, 0 failures")
    counts = [list(map(int, row.split("|")[2:-1])) for row in rows[2:]]
    tried, refused, wrong, errors, failed = map(sum, zip(*counts, strict=True))
    assert (tried, failed) == (60, 0)
    # The damage was real: answers were wrong or failed before the look.
    assert refused
    assert wrong + errors > 3


def test_rounds_are_counted_by_case() -> None:
    rounds = [
        Round("bit, before opening", True, 0, 0, []),
        Round("bit, before opening", False, 3, 9, ["round 1: SIGSEGV"]),
        Round("cut, before opening", True, 0, 0, []),
    ]
    assert table(rounds).splitlines()[2:] == [
        "| bit, before opening | 2 | 1 | 1 | 1 | 1 |",
        "| cut, before opening | 1 | 1 | 0 | 0 | 0 |",
    ]


def test_a_broken_promise_is_named_and_shows_in_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Round("bit, while open", False, 0, 0, ["round 0, bit, while open, .arrays: ended by SIGSEGV"])]
    monkeypatch.setattr(flips, "run_rounds", lambda *_: found)
    assert main(["1"]) == 1
    assert "ended by SIGSEGV\n1 rounds, 1 failures" in capsys.readouterr().out
    found.clear()
    assert main(["1"]) == 0
