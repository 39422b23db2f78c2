"""`kb index` builds, says what it did, and stops watching when it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.commands import index
from kb.commands.watching import Watching

from .conftest import Run


def test_a_build_is_reported_and_a_second_one_finds_nothing_new(run: Run, corpus: Path) -> None:
    assert "published gen-1: 2 articles (2 added)" in run(index.command).output
    assert "gen-1 is up to date" in run(index.command).output


def test_a_corpus_of_which_most_is_gone_is_refused_unless_that_is_allowed(run: Run, corpus: Path) -> None:
    run(index.command)
    for path in corpus.iterdir():
        path.unlink()
    refused = run(index.command)
    assert (refused.exit_code, "is the folder mounted, and whole?" in refused.output) == (1, True)
    assert "2 removed" in run(index.command, "--allow-shrink").output


def test_watching_builds_and_reports_and_ends_with_the_signal(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[Watching] = []

    def run_once(self: Watching) -> None:
        watched.append(self)
        self._show(self._build())
        self._warn("no such\ndisk")

    monkeypatch.setattr(index.Watching, "run", run_once)
    done = run(index.command, "--watch")
    assert done.exit_code == 0
    assert done.output.startswith("watching corpus (Ctrl+C stops it)\n")
    assert "published gen-1" in done.output
    assert "kb: no such" in done.output
    assert len(watched) == 1
