"""Freshness tells everybody how old an index is, and nobody where it lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.search.freshness import BuildFailure, Freshness, freshness_of
from kb.storage.watch_state import WatchJournal

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_without_a_watcher_the_index_is_served_as_it_is(tmp_path: Path) -> None:
    assert freshness_of(tmp_path) == Freshness("none")


def test_ages_are_those_of_the_last_sign_build_and_failure(tmp_path: Path) -> None:
    times = [NOW]
    journal = WatchJournal(tmp_path, lambda: times[-1])
    journal.mode("notices", "")
    journal.built("gen-1", published=True)
    times.append(NOW + timedelta(seconds=30))
    journal.failed("bad_corpus", f"the corpus {tmp_path} is missing")
    times.append(NOW + timedelta(seconds=40))
    journal.sign()
    told = freshness_of(tmp_path, lambda: NOW + timedelta(seconds=41.2))
    assert told == Freshness("failing", "notices", 1, 41, BuildFailure("bad_corpus", 11))
    assert str(tmp_path) not in repr(told)


def test_a_clock_that_was_set_back_makes_no_negative_age(tmp_path: Path) -> None:
    WatchJournal(tmp_path, lambda: NOW)
    assert freshness_of(tmp_path, lambda: NOW - timedelta(hours=1)).sign_seconds_ago == 0
