"""One builder at a time, the way back, and what a person sees of both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import BuildRefused, IndexDamaged
from kb.indexing.builder import Builder
from kb.indexing.generations import Generations
from kb.indexing.lock import builder_at_work
from kb.indexing.report import BuildReport
from kb.indexing.rollback import rollback
from kb.indexing.status import index_status
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, texts_of

Build = Callable[..., BuildReport]

_HOLDING = """
import sys, time
from pathlib import Path
from kb.indexing.lock import builder_lock
with builder_lock(Path(sys.argv[1]), wait_seconds=0, notice=print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock until its input ends."""
    folder.mkdir()
    command = [sys.executable, "-c", _HOLDING, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_builder_is_refused_and_told_who_is_at_work(
    folder: Path, corpus: FakeCorpus, build: Build, holder: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(BuildRefused, match=f"process {holder.pid} is building"):
        build(corpus)
    assert builder_at_work(folder) == holder.pid
    assert index_status(folder).builder == holder.pid


def test_a_second_builder_waits_for_the_first(
    folder: Path, corpus: FakeCorpus, analyzer: Analyzer, holder: subprocess.Popen[bytes]
) -> None:
    noticed: list[int] = []

    def release(pid: int) -> None:
        noticed.append(pid)
        assert holder.stdin
        threading.Timer(0.1, holder.stdin.close).start()

    report = Builder(folder, analyzer, wait_seconds=20, notice=release).build(corpus)
    assert (report.generation, noticed) == ("gen-1", [holder.pid])


def test_the_lock_of_a_killed_builder_is_free(
    folder: Path, corpus: FakeCorpus, build: Build, holder: subprocess.Popen[bytes]
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert builder_at_work(folder) is None
    assert build(corpus).generation == "gen-1"


def test_looking_at_the_status_refuses_nobody(folder: Path, corpus: FakeCorpus, build: Build) -> None:
    build(corpus)
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            builder_at_work(folder)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(20):
            build(corpus)
    finally:
        stop.set()
        looking.join()


@pytest.fixture
def three(corpus: FakeCorpus, build: Build) -> FakeCorpus:
    """A corpus of which generation 1, 2 and 3 have one, two and three articles more."""
    for number in (1, 2, 3):
        corpus.put(f"new-{number}.md", f"number {number}")
        build(corpus)
    return corpus


def test_rollback_goes_one_step_back_each_time(folder: Path, generations: Generations, three: FakeCorpus) -> None:
    stamp = generations.stamp()
    assert rollback(folder).name == "gen-2"
    assert generations.stamp() != stamp
    assert rollback(folder).name == "gen-1"
    assert "new-2.md" not in texts_of(generations.current())
    with pytest.raises(BuildRefused, match="no generation older than the current one"):
        rollback(folder)


def test_rollback_to_a_number_goes_forth_as_well(folder: Path, generations: Generations, three: FakeCorpus) -> None:
    rollback(folder, 1)
    assert [g.number for g in generations.others()] == []
    assert rollback(folder, 3).name == "gen-3"
    with pytest.raises(BuildRefused, match=r"no generation 7 in .*; there are: 3, 2, 1"):
        rollback(folder, 7)


def test_rollback_to_a_damaged_generation_is_refused(folder: Path, generations: Generations, three: FakeCorpus) -> None:
    next((folder / "gen-2").glob("*.toc")).write_bytes(b"")
    with pytest.raises(IndexDamaged):
        rollback(folder)
    assert generations.current().name == "gen-3"


def test_the_build_after_a_rollback_has_a_new_number(
    folder: Path, build: Build, generations: Generations, three: FakeCorpus
) -> None:
    rollback(folder, 1)
    report = build(three)
    assert (report.generation, report.added, report.read) == ("gen-4", 2, 2)
    assert [g.name for g in generations.all()] == ["gen-4", "gen-3", "gen-2"]


def test_rollback_where_nothing_is(folder: Path) -> None:
    with pytest.raises(BuildRefused, match="no generation"):
        rollback(folder)


def test_status_lists_the_generations(folder: Path, three: FakeCorpus) -> None:
    (folder / "gen-1" / "manifest.json").unlink()
    status = index_status(folder)
    assert (status.current, status.builder, status.problem) == ("gen-3", None, "")
    assert [(g.name, g.articles) for g in status.generations] == [("gen-3", 6), ("gen-2", 5), ("gen-1", 0)]
    assert status.generations[0].size > 1000
    assert "manifest.json" in status.generations[2].problem


def test_status_of_no_index_says_what_to_do(folder: Path) -> None:
    assert "kb index" in index_status(folder).problem
