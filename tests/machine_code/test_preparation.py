"""Loops are compiled in other processes, which share them, and say how far they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from kb.compiled import CompiledLoop
from kb.machine_code import announcing, preparation
from kb.machine_code.compiler import executable
from kb.machine_code.preparation import _shares, estimated_seconds, missing_from, prepare
from kb.machine_code.store import VARIABLE, MachineCodeStore

from .loops import half_total, swapped

ROOT = Path(__file__).parents[2]

LOOPS = [half_total, swapped]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """What a person is shown."""
    shown: list[object] = []

    @contextmanager
    def announcer(sentence: str) -> Iterator[announcing.Progress]:
        shown.append(sentence)
        yield lambda done, of: shown.append((done, of))

    announcing.announce_with(announcer)
    yield shown
    announcing.announce_with(announcing.log_announcer)


def test_loops_are_compiled_apart_and_run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[object]
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    store = MachineCodeStore((tmp_path,))
    assert missing_from(store, LOOPS) == LOOPS
    assert prepare(LOOPS, store) == []
    assert told == ["preparing the search engine, once, about 1 s", (1, 2), (2, 2)]
    code = store.read(half_total)
    assert code
    assert executable(half_total, code)(np.arange(5, dtype=np.int32)) == 5.0
    assert prepare(LOOPS, store) == []
    assert len(told) == 3


def test_where_nothing_can_be_kept_nothing_is_compiled_apart(tmp_path: Path, told: list[object]) -> None:
    (tmp_path / "file").write_text("")
    assert prepare(LOOPS, MachineCodeStore((tmp_path / "file" / "folder",))) == LOOPS
    assert told == []


def test_a_loop_that_cannot_be_compiled_is_left_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    # One process for both, the longer first.
    monkeypatch.setattr(preparation, "usable_cores", lambda: 1)

    def unknown() -> int:
        return sum([one * 10 + ten for one in range(10) for ten in range(10) if one * 2 + ten * 3 > 4 * one - ten])

    stranger: CompiledLoop[[], int] = CompiledLoop(unknown)
    assert prepare([stranger, half_total], MachineCodeStore((tmp_path,))) == [stranger]
    assert "unknown" in capfd.readouterr().err


def test_a_process_that_crashes_does_not_hold_up_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[object]
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(preparation, "usable_cores", lambda: 2)
    (tmp_path / "deadly.py").write_text("import os; os._exit(9)")
    monkeypatch.syspath_prepend(tmp_path)

    def crash() -> int:
        return 1

    crash.__module__ = "deadly"
    deadly: CompiledLoop[[], int] = CompiledLoop(crash)
    assert prepare([half_total, deadly], MachineCodeStore((tmp_path,))) == [deadly]
    assert told[1:] == [(1, 2)]


def test_where_no_process_can_be_started_the_loops_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(preparation.subprocess, "Popen", no_process)
    assert prepare(LOOPS, MachineCodeStore((tmp_path,))) == LOOPS
    assert len(told) == 1
    assert "cannot be started" in caplog.text


PROGRAM = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "from pathlib import Path\n"
    "from kb.machine_code.preparation import prepare\n"
    "from kb.machine_code.store import MachineCodeStore, usual_folders\n"
    "from tests.machine_code.loops import half_total\n"
    "print(prepare([half_total], MachineCodeStore(usual_folders())), flush=True)\n"
)


@pytest.mark.parametrize("options", [["-I"], ["-OO"]], ids=" ".join)
def test_the_processes_make_the_code_that_this_process_looks_for(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "numba.py").write_text("raise ImportError('a draft about numba')")
    # A relative folder is the same folder for the processes.
    environment = {**os.environ, VARIABLE: "code"}
    command = [sys.executable, "-P", *options, "-c", PROGRAM]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert len(list((tmp_path / "code").glob("*.code"))) == 1


def test_an_interrupt_is_said_once(tmp_path: Path) -> None:
    environment = {**os.environ, VARIABLE: str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stderr
        announced = process.stderr.readline()
        time.sleep(0.3)
        # Stopped, this process cannot end the others before they would say anything.
        os.kill(process.pid, signal.SIGSTOP)
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGCONT)
        said = process.stderr.read()
    assert b"preparing" in announced
    assert said.count(b"KeyboardInterrupt") == 1


def test_a_process_ends_in_silence_without_a_reader(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, VARIABLE: str(tmp_path)}
    command = [sys.executable, "-m", "kb.machine_code", *(loop.name for loop in LOOPS)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")
    assert len(list(tmp_path.glob("*.code"))) == 1


def test_the_shares_hold_every_loop_once_and_none_is_empty() -> None:
    for cores in (1, 2, 7):
        shares = _shares(LOOPS, cores)
        assert sorted(name for share in shares for name in share) == sorted(loop.name for loop in LOOPS)
        assert all(shares)
        assert len(shares) <= cores


def test_an_estimate_is_at_least_a_second() -> None:
    assert estimated_seconds(LOOPS) == 1
