"""What the watcher leaves in the index folder for people to read."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.storage.watch_state import WATCH, WatchJournal, watch_state


class Days:
    """A clock of dates that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def days() -> Days:
    return Days()


def condition(folder: Path, days: Days) -> str:
    state = watch_state(folder)
    assert state
    return state.condition(days())


def test_a_journal_tells_process_mode_builds_and_failures(tmp_path: Path, days: Days) -> None:
    journal = WatchJournal(tmp_path, days)
    journal.mode("polling", "no notices")
    days.pass_(60)
    journal.built("gen-7", published=True)
    journal.failed("bad_corpus", "the corpus is missing")
    state = watch_state(tmp_path)
    assert state
    assert (state.pid, state.mode, state.mode_reason) == (os.getpid(), "polling", "no notices")
    assert state.sign - state.started == timedelta(seconds=60)
    assert state.last_build
    assert (state.last_build.generation, state.last_build.published, state.last_build.when) == ("gen-7", True, days())
    assert state.last_failure
    assert (state.last_failure.code, state.last_failure.text) == ("bad_corpus", "the corpus is missing")
    assert [path.name for path in tmp_path.iterdir()] == [WATCH]


def test_the_condition_is_that_of_signs_builds_and_ends(tmp_path: Path, days: Days) -> None:
    journal = WatchJournal(tmp_path, days)
    assert condition(tmp_path, days) == "running"
    journal.failed("MemoryError", "")
    assert condition(tmp_path, days) == "failing"
    days.pass_(1)
    journal.built("gen-1", published=False)
    assert condition(tmp_path, days) == "running"
    days.pass_(121)
    assert condition(tmp_path, days) == "silent"
    journal.sign()
    assert condition(tmp_path, days) == "running"
    journal.end()
    days.pass_(1000)
    assert condition(tmp_path, days) == "ended"


def test_signs_of_life_are_written_now_and_then(tmp_path: Path, days: Days) -> None:
    journal = WatchJournal(tmp_path, days)
    (tmp_path / WATCH).unlink()
    days.pass_(4)
    journal.sign()
    assert watch_state(tmp_path) is None
    days.pass_(1)
    journal.sign()
    assert watch_state(tmp_path)


def test_the_next_watcher_knows_what_the_last_one_met(tmp_path: Path, days: Days) -> None:
    journal = WatchJournal(tmp_path, days)
    journal.failed("MemoryError", "")
    journal.end()
    WatchJournal(tmp_path, days)
    assert condition(tmp_path, days) == "failing"


def test_a_lost_or_damaged_file_tells_nothing(tmp_path: Path, days: Days) -> None:
    assert watch_state(tmp_path) is None
    (tmp_path / WATCH).write_bytes(b"\0" * 100)
    assert watch_state(tmp_path) is None
    WatchJournal(tmp_path, days)
    assert condition(tmp_path, days) == "running"


def test_where_nothing_can_be_written_there_is_no_file_and_no_failure(tmp_path: Path, days: Days) -> None:
    journal = WatchJournal(tmp_path / "not there", days)
    journal.built("gen-1", published=True)
    journal.end()
    assert watch_state(tmp_path / "not there") is None
