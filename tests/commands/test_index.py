"""`kb index` builds, says what it did, and stops watching when it is told to."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from kb.commands import index

from .conftest import Run


def test_a_build_is_reported_and_a_second_one_finds_nothing_new(run: Run, corpus: Path) -> None:
    assert "published gen-1: 2 articles (2 added)" in run(index.command).output
    assert "gen-1 is up to date" in run(index.command).output


def test_an_emptied_corpus_is_refused_unless_it_is_allowed(run: Run, corpus: Path) -> None:
    run(index.command)
    for path in corpus.iterdir():
        path.unlink()
    refused = run(index.command)
    assert (refused.exit_code, "is the folder mounted?" in refused.output) == (1, True)
    assert "2 removed" in run(index.command, "--allow-empty").output


def test_watching_builds_and_reports_and_ends_with_the_signal(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[Path] = []

    def watch_once(build: object, folder: Path, *, stop: threading.Event, report: object) -> None:
        watched.append(folder)
        report(build())  # type: ignore[operator]
        report(ValueError("no such disk"))  # type: ignore[operator]
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setattr(index, "watch", watch_once)
    try:
        done = run(index.command, "--watch")
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)
    assert done.exit_code == 0
    assert watched == [Path("corpus")]
    assert "published gen-1" in done.output
    assert "kb: no such disk" in done.output
