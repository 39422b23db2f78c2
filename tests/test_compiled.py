"""Compiled loops work wherever the program is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, loops
print(loops.total(5), len(loops.total.signatures), loops.total.stats.cache_path)
"""
LOOPS = """
from kb.compiled import compiled

@compiled
def total(most):
    found = 0
    for number in range(most):
        found += number
    return found
"""


def run(folder: Path, **variables: str) -> list[str]:
    """What a program in a folder prints that calls a compiled loop."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{Path(__file__).parent.parent}", **variables}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "installed"
    made.mkdir()
    (made / "loops.py").write_text(LOOPS, encoding="utf-8")
    return made


def test_machine_code_is_kept_beside_the_module(folder: Path) -> None:
    assert run(folder) == ["10", "1", str(folder / "__pycache__")]
    assert list(folder.glob("__pycache__/loops.total-*.nbi"))


def test_where_nothing_can_be_kept_each_process_compiles_for_itself(folder: Path, tmp_path: Path) -> None:
    # A file where the folders for what is kept would be: not even root can make a folder in it.
    (folder / "__pycache__").write_text("", encoding="utf-8")
    nowhere = tmp_path / "nowhere"
    nowhere.write_text("", encoding="utf-8")
    assert run(folder, HOME=str(nowhere), XDG_CACHE_HOME=str(nowhere))[:2] == ["10", "1"]
