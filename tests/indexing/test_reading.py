"""Reading in several processes gives what reading in one gives, and ends when it has to."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kb.article import Reading, SourceFile
from kb.articles.corpus import FolderCorpus
from kb.errors import IndexFailure
from kb.indexing import pool as sharing
from kb.indexing import reading
from kb.indexing.builder import Builder
from kb.indexing.generations import Generation, Generations
from kb.indexing.manifest import Manifest
from kb.indexing.reading import Task, read_chunks
from kb.indexing.verification import check
from kb.indexing.workers import Worker
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, found_by, texts_of


class DividedCorpus(FakeCorpus):
    """This process reads so slowly that others have their turn."""

    def read(self, source: SourceFile) -> Reading:
        if multiprocessing.parent_process():
            self.read_elsewhere(source)
        else:
            time.sleep(0.3)
        return super().read(source)

    def read_elsewhere(self, source: SourceFile) -> None:
        """What happens in another process."""


class DeadlyCorpus(DividedCorpus):
    """A process that reads is killed, as by a system that is out of memory."""

    def read_elsewhere(self, source: SourceFile) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class FailingCorpus(DividedCorpus):
    """Reading fails in another process, in a way that nobody foresaw."""

    def read_elsewhere(self, source: SourceFile) -> None:
        raise ZeroDivisionError(source.path)


class SlowCorpus(FakeCorpus):
    """Each file takes a minute."""

    def read(self, source: SourceFile) -> Reading:
        time.sleep(60)
        return super().read(source)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files are a chunk, and any work pays for processes."""
    monkeypatch.setattr(reading, "CHUNK_FILES", 2)
    monkeypatch.setattr(reading, "PAYING_SECONDS", 0)


def letters(kind: type[FakeCorpus] = FakeCorpus) -> FakeCorpus:
    return kind({f"{letter}.md": f"{letter}word stone {letter}" for letter in "abcdefghijklmnop"})


def comparable(manifest: Manifest) -> Manifest:
    """A manifest without what two builds of one corpus differ in: names of files, which are random, and times."""
    return msgspec.structs.replace(manifest, created="", index_files={})


def workers() -> list[int | None]:
    return [process.pid for process in multiprocessing.active_children()]


@pytest.mark.usefixtures("small_chunks")
def test_the_generation_is_the_same_whatever_the_number_of_processes(tmp_path: Path, analyzer: Analyzer) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in range(9):
        (corpus / f"{number}.md").write_text(f"# Page {number}\n\nSome stone and number{number}.\n", encoding="utf-8")
        os.utime(corpus / f"{number}.md", ns=(10**18, 10**18))
    lines = ['{"id": "1", "title": "Two", "text": "twice"}', '{"id": "1", "title": "Two", "text": "again"}', "no json"]
    (corpus / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (corpus / "empty.txt").touch()
    os.utime(corpus / "lines.jsonl", ns=(10**18, 10**18))
    os.utime(corpus / "empty.txt", ns=(10**18, 10**18))
    reports, generations = [], []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        builder = Builder(folder, analyzer, processes=processes)
        reports.append(builder.build(FolderCorpus(corpus, max_bytes=1_000_000)))
        generations.append(Generations(folder).current())
    one, several = generations
    assert check(several) == []
    assert comparable(one.manifest) == comparable(several.manifest)
    assert one.records == several.records
    assert contents_of(one) == contents_of(several)
    assert reports[0].skipped == reports[1].skipped
    assert list(texts_of(one).items()) == list(texts_of(several).items())
    assert found_by(one, "stone") == found_by(several, "stone") == [f"{number}.md" for number in range(8, -1, -1)]


def contents_of(generation: Generation) -> list[bytes]:
    """What is in the files of the segments, whatever their names."""
    return sorted(path.read_bytes() for path in generation.path.glob("MAIN_*"))


@pytest.mark.usefixtures("small_chunks")
def test_processes_share_the_work_and_the_segment_is_the_same_to_the_byte(tmp_path: Path, analyzer: Analyzer) -> None:
    corpus = letters(DividedCorpus)
    written = []
    for processes in (1, 3):
        Builder(tmp_path / str(processes), analyzer, processes=processes).build(letters() if processes == 1 else corpus)
        written.append(contents_of(Generations(tmp_path / str(processes)).current()))
    assert written[0] == written[1]
    assert 0 < len(corpus.reads) < len(corpus.texts)
    assert workers() == []


@pytest.mark.usefixtures("small_chunks")
def test_what_another_process_fails_with_fails_the_build(folder: Path, analyzer: Analyzer) -> None:
    with pytest.raises(ZeroDivisionError, match=r"\.md"):
        Builder(folder, analyzer, processes=2).build(letters(FailingCorpus))
    assert workers() == []


@pytest.mark.usefixtures("small_chunks")
def test_a_process_that_is_killed_fails_the_build_and_leaves_the_index(folder: Path, analyzer: Analyzer) -> None:
    Builder(folder, analyzer).build(FakeCorpus({"a.md": "apple stone"}))
    with pytest.raises(IndexFailure, match="a process that read articles ended before its time, perhaps for want of"):
        Builder(folder, analyzer, processes=2).build(letters(DeadlyCorpus))
    assert workers() == []
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "CURRENT", "gen-1"]
    assert texts_of(Generations(folder).current()) == {"a.md": "apple stone"}


@pytest.mark.usefixtures("small_chunks")
def test_an_end_in_the_middle_ends_the_processes_at_once(folder: Path) -> None:
    corpus = letters()
    tasks = [Task(source, {}) for source in corpus.scan() if isinstance(source, SourceFile)]
    with closing(read_chunks(corpus, tasks, 2)) as chunks:
        next(chunks)
        while not workers():
            time.sleep(0.01)
    assert workers() == []


@pytest.mark.usefixtures("small_chunks")
def test_no_more_than_a_few_chunks_are_handed_out_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = FakeCorpus({f"{number:03}.md": "stone" for number in range(400)})
    tasks = [Task(source, {}) for source in corpus.scan() if isinstance(source, SourceFile)]
    sent = []
    send = Worker.send

    def counting(worker: Worker, piece: object) -> None:
        sent.append(piece)
        send(worker, piece)

    monkeypatch.setattr(Worker, "send", counting)
    with closing(read_chunks(corpus, tasks, 2)) as chunks:
        for taken, chunk in enumerate(chunks):
            time.sleep(0.01)  # as if it were written, so that there is time to read ahead
            while not sent:
                time.sleep(0.01)  # the other process is not ready yet
            assert len(sent) <= taken + 6
            assert len(chunk.files) == 2
    assert 0 < len(sent) < 200


def test_processes_are_started_when_much_work_remains_at_the_pace_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_FILES", 2)
    started: list[int] = []
    monkeypatch.setattr(sharing, "_speak", lambda *_: started.append(len(done)))
    done: list[reading.FileBatch] = []
    corpus = letters(DividedCorpus)
    tasks = [Task(source, {}) for source in corpus.scan() if isinstance(source, SourceFile)]
    for chunk in read_chunks(corpus, tasks, 2):  # eight of 0.6 seconds
        done += [chunk]
    assert len(done) == 8
    assert started == [2]


def test_a_small_build_starts_no_process(folder: Path, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "Worker", None)
    many = FakeCorpus({f"{number}.md": f"page {number}" for number in range(500)})
    assert Builder(folder, analyzer, processes=2).build(many).articles == 500
    many.put("7.md", "changed")
    assert Builder(folder, analyzer, processes=2).build(many).changed == 1


_READING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell runs in the background
sys.path[:0] = [{root!r}]
from kb.indexing import reading
from tests.indexing.test_reading import SlowCorpus, letters
from kb.text.tokens import Analyzer
from kb.indexing.builder import Builder
from pathlib import Path
reading.CHUNK_FILES, reading.PAYING_SECONDS = 2, 0
Builder(Path({folder!r}), Analyzer(), processes=3).build(letters(SlowCorpus))
"""


@pytest.fixture
def build_at_work(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that builds for minutes, with two others."""
    command = _READING.format(root=str(Path(__file__).parents[2]), folder=str(folder))
    with subprocess.Popen([sys.executable, "-c", command], stderr=subprocess.DEVNULL, process_group=0) as process:
        while len(group_of(process.pid)) < 4:  # itself, two workers, and the one that tidies up after them
            assert process.poll() is None
            time.sleep(0.02)
        yield process
        process.kill()


def group_of(leader: int) -> list[int]:
    """The processes of a group that have not ended."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = status.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            found.append(int(status.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl+C", "TERM", "KILL"])
def test_no_process_outlives_a_build_that_is_ended(build_at_work: subprocess.Popen[bytes], number: int) -> None:
    if number == signal.SIGINT:
        time.sleep(0.3)
        os.killpg(build_at_work.pid, number)
    else:
        os.kill(build_at_work.pid, number)
    build_at_work.wait(timeout=10)
    deadline = time.monotonic() + 10
    while group_of(build_at_work.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert group_of(build_at_work.pid) == []
