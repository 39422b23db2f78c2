"""One builder at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import BuildRefused
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.storage.lock import builder_at_work, builder_lock
from kb.text.tokens import Analyzer
from tests.indexing.fakes import FakeCorpus

Build = Callable[..., BuildReport]

_HOLDING = """
import sys, time
from pathlib import Path
from kb.storage.lock import builder_lock
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


def test_a_lock_without_a_process_id_is_held_by_an_unknown_process(tmp_path: Path) -> None:
    noticed: list[int] = []
    with builder_lock(tmp_path, wait_seconds=0, notice=noticed.append):
        assert builder_at_work(tmp_path) == os.getpid()
        (tmp_path / ".lock").write_text("")
        assert builder_at_work(tmp_path) == 0
        with (
            pytest.raises(BuildRefused, match=r"process \? is building"),
            builder_lock(tmp_path, wait_seconds=0, notice=noticed.append),
        ):
            pass
    assert noticed == [0]
    assert builder_at_work(tmp_path) is None


def test_nobody_builds_where_no_index_is(tmp_path: Path) -> None:
    assert builder_at_work(tmp_path / "nothing") is None
