"""Machine code is loaded if it is kept, made if it can be kept, and else compiled in the process that wants it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.compiled import CompiledLoop, load
from kb.machine_code import loading
from kb.machine_code.store import VARIABLE, MachineCodeStore

from . import loops

COUNTS = np.arange(5, dtype=np.int32)


def fresh() -> CompiledLoop[..., float]:
    return CompiledLoop(loops.half_total.definition)


@pytest.fixture(autouse=True)
def only_these_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "loops", lambda: [loops.half_total])


def test_kept_machine_code_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    load([one := fresh()])
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.code")}
    load([two := fresh()])
    assert one(COUNTS) == two(COUNTS) == 5.0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.code")} == kept
    assert len(kept) == 1


def test_where_nothing_can_be_kept_the_process_compiles_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "folder"))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            load([loop := fresh()])
            assert loop(COUNTS) == 5.0
    (said,) = [record.getMessage() for record in caplog.records]
    assert "cannot be kept" in said
    assert "kb prepare" in said


def test_where_preparing_failed_the_process_compiles_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(loading, "prepare", lambda *_: None)
    for _ in range(2):
        load([loop := fresh()])
        assert loop(COUNTS) == 5.0
    assert caplog.messages == ["machine code could not be prepared, so this process compiles it"]


def test_a_loop_named_twice_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    loaded: list[object] = []
    monkeypatch.setattr(loading, "_loaded", lambda _, loop: loaded.append(loop) or loop.definition)
    load([loop := fresh(), loop])
    assert loaded == [loop]


def test_whole_code_that_does_not_load_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    MachineCodeStore((tmp_path,)).write(loops.half_total, b"no pickle")
    load([loop := fresh()])
    assert loop(COUNTS) == 5.0
    assert "cannot be loaded" in caplog.text


@pytest.mark.parametrize("content", [b"", b"half", b"\0" * 5000], ids=["empty", "half", "zeros"])
def test_a_command_with_damaged_machine_code_works_and_says_so(tmp_path: Path, content: bytes) -> None:
    program = (
        "import numpy, kb.compiled as c; c.LOADING_SECONDS = c.PREPARING_SECONDS = 0\n"
        "from tests.machine_code.loops import half_total\n"
        "print(half_total(numpy.arange(5, dtype=numpy.int32)))"
    )
    MachineCodeStore((tmp_path,)).write(loops.half_total, b"code")
    (path,) = tmp_path.glob("*half_total*")
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, VARIABLE: str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "5.0\n"
    assert done.stderr.count("is damaged: compiling without it") == 1
    assert "Traceback" not in done.stderr


def test_a_loop_that_cannot_be_compiled_is_interpreted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(loop: object) -> bytes:
        raise NotImplementedError("no such processor")

    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "folder"))
    monkeypatch.setattr(loading, "compile_loop", fail)
    load([loop := fresh()])
    assert loop(COUNTS) == loop(COUNTS) == 5.0
    assert caplog.text.count("is interpreted, which is slow") == 1
