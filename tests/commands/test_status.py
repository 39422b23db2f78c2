"""`kb status`: which generations there are, which is current, and how fresh it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.commands import index, rollback, status
from kb.commands.status import watcher_lines
from kb.storage.watch_state import LastBuild, LastFailure, WatchJournal, WatchState

from .conftest import Run

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def before(**passed: float) -> datetime:
    return NOW - timedelta(**passed)


def test_the_current_generation_is_marked_and_can_be_changed(run: Run, corpus: Path) -> None:
    run(index.command)
    (corpus / "new.txt").write_text("New\n\nNew words.\n")
    run(index.command)
    assert [line[:7] for line in run(status.command).output.splitlines()][:2] == ["* gen-2", "  gen-1"]
    run(rollback.command)
    assert [line[:7] for line in run(status.command).output.splitlines()][:2] == ["  gen-2", "* gen-1"]


def test_without_a_watcher_that_is_said(run: Run, corpus: Path) -> None:
    run(index.command)
    assert run(status.command).output.endswith("no watcher: the index is kept as it is\n")


def test_the_watcher_of_the_index_is_told_of(run: Run, corpus: Path) -> None:
    run(index.command)
    journal = WatchJournal(Path("index"))
    journal.mode("notices", "")
    journal.failed("bad_corpus", "no \x1b[2J folder")
    journal.built("gen-1", published=False)
    lines = run(status.command).output.splitlines()[-3:]
    assert lines[0].endswith("keeps the index fresh, by notices of changes; last sign of life 0 s ago")
    assert lines[1] == "last build 0 s ago: nothing new in gen-1"
    assert lines[2] == "last failure 0 s ago: no \\x1b[2J folder"


def test_a_watcher_in_any_state_is_a_few_lines() -> None:
    state = WatchState(pid=7, started=before(days=9), sign=before(seconds=3), mode="polling", mode_reason="no notices")
    assert watcher_lines(state, NOW) == [
        "the watcher (process 7) keeps the index fresh, by polling: no notices; last sign of life 3 s ago"
    ]
    silent = WatchState(
        pid=7,
        started=before(days=9),
        sign=before(hours=3),
        last_build=LastBuild(before(days=3), "gen-7", published=True),
        last_failure=LastFailure(before(minutes=200), "MemoryError", ""),
    )
    assert watcher_lines(silent, NOW) == [
        "the watcher (process 7) has ended, or hangs; last sign of life 3 h ago",
        "last build 3 days ago: published gen-7",
        "last failure 3 h ago: MemoryError",
    ]
