"""A watch as a command: what is told once, what is told each time, and how it ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.commands import watching
from kb.commands.watching import Watching
from kb.errors import CorpusError, WornOut
from kb.indexing.report import BuildReport, Step
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.storage.watch_state import watch_state


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The handlers of signals are those from before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Told:
    """A watch of a corpus whose looks are the steps of a test."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> None:
        self.shown: list[BuildReport] = []
        self.warned: list[str] = []
        self.index = Path(settings.index)
        self.index.mkdir()
        self._steps = steps
        monkeypatch.setattr(watching, "Changes", self._changes)
        monkeypatch.setattr(watching.watch.__globals__["Schedule"], "is_due", lambda _, changed: changed)
        self._signs, writing = os.pipe()
        self.watching = Watching(settings, signs=writing, show=self.shown.append, warn=self.warned.append)

    def _changes(self, root: Path, stop: threading.Event, tell_mode: Callable[[str, str], None]) -> Iterator[bool]:
        tell_mode("polling", "no notices here")
        for step in self._steps:
            step()
            yield True
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)

    def signs(self) -> int:
        return len(os.read(self._signs, 10_000))


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=str(corpus), index=str(tmp_path / "index"), index_processes=1)


def test_the_first_build_and_those_with_something_new_are_shown(
    settings: Settings, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(settings, monkeypatch, lambda: None, lambda: (corpus / "naps.txt").write_text("Naps\n\nNew.\n"))
    told.watching.run()
    assert [report.generation for report in told.shown] == ["gen-1", "gen-2"]
    assert told.warned == ["no notices of changes, so the corpus is looked at every few seconds: no notices here"]
    assert told.signs() > 10
    state = watch_state(told.index)
    assert state
    assert (state.ended, state.mode, state.last_build and state.last_build.generation) == (True, "polling", "gen-2")


def test_a_failure_is_told_once_for_each_cause_and_its_end_as_well(
    settings: Settings, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = corpus.with_name("away")
    told = Told(
        settings,
        monkeypatch,
        lambda: corpus.rename(away),
        lambda: None,
        lambda: None,
        lambda: away.rename(corpus),
        lambda: None,
    )
    told.watching.run()
    assert told.warned[1:] == [f"the corpus {corpus} is missing"]
    assert [report.published for report in told.shown] == [True, False]
    state = watch_state(told.index)
    assert state
    assert state.last_failure
    assert state.last_failure.code == "bad_corpus"


def test_a_watch_that_is_told_to_end_leaves_a_build_in_the_middle(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(settings, monkeypatch)
    told.watching._stop.set()
    told.watching.run()
    assert (told.shown, told.warned) == ([], [])
    assert Generations(told.index).all() == []
    assert not list(told.index.glob("building-*"))


def test_a_signal_leaves_a_build_in_the_middle_of_a_large_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: object, **__: object) -> BuildReport:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
        raise AssertionError("the build went on")

    monkeypatch.setattr(watching, "build", build)
    told = Told(settings, monkeypatch)
    started = time.monotonic()
    told.watching.run()
    assert time.monotonic() - started < 30
    assert (told.shown, told.warned) == ([], [])


def test_what_is_being_published_is_published_before_the_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(_: Settings, step: Callable[[Step], None], **__: object) -> BuildReport:
        step(Step("publish", 0, 1))
        os.kill(os.getpid(), signal.SIGTERM)
        step(Step("publish", 1, 1))
        return real(settings)

    real = watching.build
    monkeypatch.setattr(watching, "build", build)
    told = Told(settings, monkeypatch)
    told.watching.run()
    assert [report.generation for report in told.shown] == ["gen-1"]


def test_a_worn_out_watch_says_so_by_its_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*_: object, **__: object) -> BuildReport:
        raise MemoryError

    monkeypatch.setattr(watching, "build", build)
    told = Told(settings, monkeypatch, *[lambda: None] * 4)
    with pytest.raises(WornOut):
        told.watching.run()
    assert told.warned[0] == "MemoryError"


def test_the_watch_ends_with_its_parent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PARENT_SECONDS", 0.01)
    parents = iter([7, 7])
    monkeypatch.setattr(watching.os, "getppid", lambda: next(parents, 1))
    told = Told(settings, monkeypatch)
    told.watching._end_with(7)
    assert told.watching._stop.is_set()


def test_a_failure_that_lasts_does_not_end_a_watch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*_: object, **__: object) -> BuildReport:
        raise CorpusError("missing")

    monkeypatch.setattr(watching, "build", build)
    told = Told(settings, monkeypatch, *[lambda: None] * 9)
    told.watching.run()
    assert told.warned[0] == "missing"
    assert len(told.warned) == 2


def test_output_that_cannot_be_written_does_not_end_a_watch(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError("No space left on device")

    told = Told(settings, monkeypatch, lambda: None)
    quiet = Watching(settings, signs=None, show=full, warn=full)
    quiet.run()
    state = watch_state(told.index)
    assert state
    assert (state.ended, state.last_build and state.last_build.generation) == (True, "gen-1")
