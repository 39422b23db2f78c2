"""The first build of a start: its output is seen, its error ends the start, and its death does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kb.commands import first_build as first_builds
from kb.commands.first_build import first_build
from kb.settings import Settings
from kb.storage.generations import Generations


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=str(corpus), index=str(tmp_path / "index"))


def replace(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let another program take the part of the build."""
    monkeypatch.setattr(first_builds, "module_command", lambda *_: [sys.executable, "-c", program])


def test_it_builds_and_tells_the_progress(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert first_build(settings) == 0
    assert Generations(Path(settings.index)).current().name == "gen-1"
    assert "reading and indexing 2 files" in capfd.readouterr().out


def test_an_error_is_one_line_and_an_exit_code(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert first_build(Settings(corpus=str(tmp_path / "none"), index=str(tmp_path / "index"))) == 1
    assert capfd.readouterr().err == f"Error: the corpus {tmp_path / 'none'} is missing\n"


def test_a_build_that_is_killed_does_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    replace(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert first_build(settings) == 0
    said = capfd.readouterr().err
    assert "kb: the first build was ended by SIGKILL, perhaps for want of memory" in said
    assert "it is tried again while serving" in said


def test_a_signal_to_end_ends_the_build_as_well(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(monkeypatch, "import time; time.sleep(60)")
    before = signal.getsignal(signal.SIGTERM)
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def noted(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(first_builds.subprocess, "Popen", noted)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM))
    timer.start()
    begin = time.monotonic()
    with pytest.raises(SystemExit) as ended:
        first_build(settings)
    assert ended.value.code == 143
    assert time.monotonic() - begin < 30
    assert started[0].returncode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before
