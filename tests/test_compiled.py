"""Compiled loops work wherever the program is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAM = """
import numpy as np
import loops
print(loops.total(np.arange(5, dtype=np.int32), 2.0))
"""
LOOPS = """
from kb.compiled import Int32s, compiled

@compiled
def total(counts: Int32s, factor: float) -> float:
    found = 0.0
    for count in counts:
        found += count * factor
    return found
"""


def run(folder: Path, program: str = PROGRAM, **variables: str) -> str:
    """What a program in a folder prints that calls a compiled loop."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{Path(__file__).parent.parent}", **variables}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "installed"
    made.mkdir()
    (made / "loops.py").write_text(LOOPS, encoding="utf-8")
    return made


def test_machine_code_is_kept_beside_the_module(folder: Path) -> None:
    assert run(folder) == "20.0"
    (kept,) = folder.glob("__pycache__/loops.total-*.nbi")
    before = kept.stat().st_mtime_ns
    assert run(folder) == "20.0"
    assert [kept] == list(folder.glob("__pycache__/loops.total-*.nbi"))
    assert kept.stat().st_mtime_ns == before


def test_where_nothing_can_be_kept_each_process_compiles_for_itself(folder: Path, tmp_path: Path) -> None:
    # A file where the folders for what is kept would be: not even root can make a folder in it.
    (folder / "__pycache__").write_text("", encoding="utf-8")
    nowhere = tmp_path / "nowhere"
    nowhere.write_text("", encoding="utf-8")
    assert run(folder, HOME=str(nowhere), XDG_CACHE_HOME=str(nowhere)) == "20.0"


def test_one_machine_code_serves_arrays_that_can_be_written_and_that_cannot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(folder))
    from loops import total

    counts = np.arange(5, dtype=np.int32)
    frozen = counts[:]
    frozen.flags.writeable = False
    assert total(counts, 2.0) == total(frozen, 2) == total.definition(counts, 2.0) == 20.0
    with pytest.raises(TypeError):
        total(counts.astype(np.float64), 2.0)


def test_machine_code_is_made_anew_when_something_changes_that_a_loop_takes_from_another_module(folder: Path) -> None:
    parts = folder / "parts.py"
    (folder / "loops.py").write_text(
        "from kb.compiled import Int32s, compiled\n"
        "from parts import SHARE, times\n"
        "@compiled\n"
        "def total(counts: Int32s, factor: float) -> float:\n"
        "    return times(counts.sum(), factor) * SHARE\n",
        encoding="utf-8",
    )
    times = "from kb.compiled import inner\nSHARE = {}\n@inner\ndef times(a, b):\n    return a {} b\n"
    for share, sign, expected in ((1.0, "*", "20.0"), (0.5, "*", "10.0"), (0.5, "+", "6.0")):
        parts.write_text(times.format(share, sign), encoding="utf-8")
        assert run(folder) == expected


def test_all_loops_can_be_compiled_before_they_are_called(folder: Path) -> None:
    program = "import loops, kb.compiled\nkb.compiled.compile_all()\nprint(loops.total.is_compiled)"
    assert run(folder, program) == "True"
