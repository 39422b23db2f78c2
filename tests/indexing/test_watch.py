"""Watching a folder: what is saved is built at once, whatever goes wrong in between."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import CorpusError
from kb.indexing.report import BuildReport
from kb.indexing.watch import watch

NOTHING = BuildReport(
    generation="gen-1", published=False, rebuilt_because=(), added=0, changed=0, removed=0, unchanged=0, kept=0,
    skipped=(), articles=0, read=0, seconds=0.0, articles_per_second=0.0,
)  # fmt: skip


class Watching:
    """A watch in a thread over a builder that lists the folder, or raises what it is told to."""

    def __init__(self, root: Path, rescan_seconds: float = 60.0) -> None:
        self.root = root
        self.failure: Exception | None = None
        self.outcomes: queue.Queue[BuildReport | Exception] = queue.Queue()
        self.seen: queue.Queue[frozenset[str]] = queue.Queue()
        self.stop = threading.Event()
        self._thread = threading.Thread(
            target=watch,
            args=(self._build, root),
            kwargs={"stop": self.stop, "report": self.outcomes.put, "rescan_seconds": rescan_seconds},
        )
        self._thread.start()

    def _build(self) -> BuildReport:
        if not self.root.is_dir():
            raise CorpusError("missing")
        if self.failure:
            raise self.failure
        self.seen.put(frozenset(path.name for path in self.root.iterdir()))
        return NOTHING

    def until_seen(self, name: str, seconds: float = 5.0) -> float:
        """How long it took until a build saw a file."""
        started = time.monotonic()
        while name not in self.seen.get(timeout=seconds):
            pass
        return time.monotonic() - started

    def end(self) -> None:
        self.stop.set()
        self._thread.join(timeout=5)
        assert not self._thread.is_alive()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def begin(**options: float) -> Watching:
        started.append(Watching(tmp_path / "corpus", **options))
        return started[-1]

    yield begin
    for watching in started:
        watching.end()


def test_a_build_comes_first_and_then_one_for_each_change(tmp_path: Path, start: Callable[..., Watching]) -> None:
    (tmp_path / "corpus").mkdir()
    watching = start()
    assert watching.seen.get(timeout=5) == frozenset()
    assert watching.seen.get(timeout=5) == frozenset()  # the one for what changed before the watch began
    for name in ("a.md", "b.md"):
        (watching.root / name).write_text("text")
        assert watching.until_seen(name) < 0.6


def test_what_changed_during_the_first_build_is_not_missed(tmp_path: Path, start: Callable[..., Watching]) -> None:
    (tmp_path / "corpus").mkdir()
    watching = start()
    watching.seen.get(timeout=5)
    (watching.root / "early.md").write_text("text")
    assert watching.until_seen("early.md") < 3


def test_a_failed_build_is_reported_and_retried(tmp_path: Path, start: Callable[..., Watching]) -> None:
    (tmp_path / "corpus").mkdir()
    watching = start()
    watching.seen.get(timeout=5)
    watching.seen.get(timeout=5)
    watching.failure = OSError("disk full")
    (watching.root / "a.md").write_text("text")
    while not isinstance(watching.outcomes.get(timeout=5), OSError):
        pass
    watching.failure = None
    (watching.root / "b.md").write_text("text")
    watching.until_seen("b.md")


def test_a_folder_that_appears_later_is_watched_then(start: Callable[..., Watching]) -> None:
    watching = start()
    assert isinstance(watching.outcomes.get(timeout=5), CorpusError)
    watching.root.mkdir()
    (watching.root / "a.md").write_text("text")
    watching.until_seen("a.md")
    time.sleep(1.2)
    (watching.root / "b.md").write_text("text")
    watching.until_seen("b.md")


def test_the_folder_is_looked_at_from_time_to_time(tmp_path: Path, start: Callable[..., Watching]) -> None:
    (tmp_path / "corpus").mkdir()
    watching = start(rescan_seconds=0.5)
    for _ in range(4):
        watching.seen.get(timeout=5)
