"""Changes of a folder are seen by notices, or by looking where notices are not to be had."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from kb.indexing import changes
from kb.indexing.changes import Changes


class Seeing:
    """Changes read by a thread; `values` are those of the iterator, `modes` what was told."""

    def __init__(self, root: Path, **options: float) -> None:
        self.root = root
        self.values: queue.Queue[bool] = queue.Queue()
        self.modes: queue.Queue[tuple[str, str]] = queue.Queue()
        self.stop = threading.Event()
        self._options = options
        self._thread = threading.Thread(target=self._see)
        self._thread.start()

    def _see(self) -> None:
        for changed in Changes(self.root, self.stop, lambda *told: self.modes.put(told), **self._options):
            self.values.put(changed)

    def until_changed(self) -> None:
        while not self.values.get(timeout=5):
            pass

    def settle(self) -> None:
        """Wait for the first value, and for one without a change."""
        self.until_changed()
        while self.values.get(timeout=5):
            pass

    def end(self) -> None:
        self.stop.set()
        self._thread.join(timeout=5)
        assert not self._thread.is_alive()


See = Callable[..., Seeing]


@pytest.fixture
def see(tmp_path: Path) -> Iterator[See]:
    started: list[Seeing] = []

    def begin(**options: float) -> Seeing:
        started.append(Seeing(tmp_path / "corpus", **options))
        return started[-1]

    yield begin
    for seeing in started:
        seeing.end()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    return tmp_path / "corpus"


@pytest.fixture
def no_notices(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Notices fail until the event is set, as where too many folders are watched."""
    possible = threading.Event()
    real = watchfiles.watch

    def limited(*arguments: Any, **options: Any) -> Any:
        if not possible.is_set():
            raise OSError("OS file watch limit reached.")
        return real(*arguments, **options)

    monkeypatch.setattr(changes.watchfiles, "watch", limited)
    return possible


def test_each_change_is_told_and_otherwise_nothing_about_once_a_second(corpus: Path, see: See) -> None:
    seeing = see()
    seeing.settle()
    for name in ("a.md", "b.md"):
        (corpus / name).write_text("text")
        seeing.until_changed()
    assert seeing.modes.get_nowait() == ("notices", "")


def test_a_folder_that_appears_later_is_watched_then(tmp_path: Path, see: See) -> None:
    seeing = see()
    assert seeing.values.get(timeout=5)
    (tmp_path / "corpus").mkdir()
    seeing.settle()
    (tmp_path / "corpus" / "b.md").write_text("text")
    seeing.until_changed()


def test_a_folder_in_the_place_of_another_is_watched_as_well(corpus: Path, see: See) -> None:
    seeing = see()
    seeing.settle()
    corpus.rename(corpus.with_name("old"))
    corpus.mkdir()
    seeing.settle()
    (corpus / "b.md").write_text("text")
    seeing.until_changed()


def test_without_notices_the_folder_is_polled_which_is_said_once(
    corpus: Path, see: See, no_notices: threading.Event
) -> None:
    seeing = see(polling_seconds=0.05, notices_again_seconds=0.2)
    seeing.settle()
    (corpus / "a.md").write_text("text")
    seeing.until_changed()
    while seeing.values.qsize() < 20:
        seeing.stop.wait(0.05)
    assert seeing.modes.get_nowait() == ("polling", "OS file watch limit reached.")
    assert seeing.modes.empty()


def test_notices_are_used_when_they_are_to_be_had_again(corpus: Path, see: See, no_notices: threading.Event) -> None:
    seeing = see(polling_seconds=0.05, notices_again_seconds=0.2)
    assert seeing.modes.get(timeout=5)[0] == "polling"
    no_notices.set()
    assert seeing.modes.get(timeout=5) == ("notices", "")


def test_errors_of_the_library_itself_are_no_end(corpus: Path, see: See, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Iterator[set[Any]]:
        yield set()
        raise LookupError("error in underlying watcher")

    monkeypatch.setattr(changes.watchfiles, "watch", broken)
    seeing = see()
    assert [seeing.modes.get(timeout=5)[0] for _ in range(2)] == ["notices", "polling"]


def test_a_file_system_of_another_machine_is_polled(corpus: Path, see: See, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "remote_file_system", lambda _: "nfs4")
    seeing = see(polling_seconds=0.05)
    assert seeing.modes.get(timeout=5) == ("polling", "the file system nfs4 does not send notices")
    seeing.settle()
    (corpus / "a.md").write_text("text")
    seeing.until_changed()
