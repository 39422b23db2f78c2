"""Reading in several processes gives what reading in one gives, and ends when it has to."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kb.article import Reading, SourceFile
from kb.articles.corpus import FolderCorpus
from kb.indexing import pool, reading
from kb.indexing.builder import Builder
from kb.indexing.file_batch import Task
from kb.indexing.notes import Note
from kb.indexing.reading import FileReader, read_files, tasks_for
from kb.indexing.suspects import Suspects
from kb.indexing.verification import check
from kb.indexing.worker import Worker
from kb.storage.generations import Generation, Generations
from kb.storage.manifest import Manifest
from kb.storage.records import Owned
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, article, found_by, texts_of

_handed_out = threading.Event()


class DividedCorpus(FakeCorpus):
    """This process goes on after a few files only when another one has had a piece of the work."""

    def read(self, source: SourceFile) -> Reading:
        if multiprocessing.parent_process():
            self.read_elsewhere(source)
        elif len(self.reads) >= 4:
            assert _handed_out.wait(60)
        return super().read(source)

    def read_elsewhere(self, source: SourceFile) -> None:
        """What happens in another process."""


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
def sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The pieces that were handed out to other processes."""
    pieces: list[object] = []
    send = Worker.send

    def noting(worker: Worker, piece: object) -> None:
        send(worker, piece)
        pieces.append(piece)
        _handed_out.set()

    _handed_out.clear()
    monkeypatch.setattr(Worker, "send", noting)
    return pieces


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch, sent: list[object]) -> None:
    """Two files are a batch, and any work pays for processes."""
    monkeypatch.setattr(reading, "FILE_BATCH_FILES", 2)
    monkeypatch.setattr(reading, "PAYING_SECONDS", 0)


def letters(kind: type[FakeCorpus] = FakeCorpus) -> FakeCorpus:
    return kind({f"{letter}.md": f"{letter}word stone {letter}" for letter in "abcdefghijklmnop"})


def comparable(manifest: Manifest) -> Manifest:
    """A manifest without what two builds of one corpus differ in: names of files, which are random, and times."""
    return msgspec.structs.replace(manifest, created="", index_files={})


def workers() -> list[int | None]:
    return [process.pid for process in multiprocessing.active_children()]


@pytest.mark.usefixtures("small_batches")
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


@pytest.mark.usefixtures("small_batches")
def test_processes_share_the_work_and_the_segment_is_the_same_to_the_byte(tmp_path: Path, analyzer: Analyzer) -> None:
    corpus = letters(DividedCorpus)
    written = []
    for processes in (1, 3):
        Builder(tmp_path / str(processes), analyzer, processes=processes).build(letters() if processes == 1 else corpus)
        written.append(contents_of(Generations(tmp_path / str(processes)).current()))
    assert written[0] == written[1]
    assert 0 < len(corpus.reads) < len(corpus.texts)
    assert workers() == []


@pytest.mark.usefixtures("small_batches")
def test_what_another_process_fails_with_fails_the_build(folder: Path, analyzer: Analyzer) -> None:
    with pytest.raises(ZeroDivisionError, match=r"\.md"):
        Builder(folder, analyzer, processes=2).build(letters(FailingCorpus))
    assert workers() == []


def test_a_small_build_starts_no_process(folder: Path, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "Worker", None)
    many = FakeCorpus({f"{number}.md": f"page {number}" for number in range(500)})
    assert Builder(folder, analyzer, processes=2).build(many).articles == 500
    many.put("7.md", "changed")
    assert Builder(folder, analyzer, processes=2).build(many).changed == 1


def test_a_file_batch_has_few_files_and_few_bytes_unless_one_file_has_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "FILE_BATCH_FILES", 3)
    monkeypatch.setattr(reading, "FILE_BATCH_BYTES", 10)
    corpus = FakeCorpus({f"{number}.md": "x" * size for number, size in enumerate([1, 1, 1, 1, 9, 2, 30, 5])})
    tasks = tasks_for([source for source in corpus.scan() if isinstance(source, SourceFile)], {})
    batches = list(read_files(corpus, tasks, 1, Suspects(tmp_path, corpus.fingerprint)))
    assert [[file.source.size for file in batch.files] for batch in batches] == [[1, 1, 1], [1, 9], [2], [30], [5]]


def test_an_article_that_is_in_the_index_has_no_row_and_no_content_travels_twice(tmp_path: Path) -> None:
    corpus = FakeCorpus({"a.md": "apple stone", "b.md": "bread stone"})
    known = {"a.md": Owned("a.md", article("a.md", "apple stone").digest, kept=False)}
    tasks = tasks_for([source for source in corpus.scan() if isinstance(source, SourceFile)], known)
    batch = FileReader(corpus, Note(tmp_path))(tasks)
    assert [file.rows for file in batch.files] == [{}, {"b.md": 0}]
    assert [read.text for file in batch.files for read in file.reading.articles] == ["", ""]
    assert batch.articles.texts == [b"bread stone"]


def test_a_process_that_reads_loads_nothing_that_searches_or_serves() -> None:
    command = [sys.executable, "-c", "import sys, kb.articles.corpus, kb.indexing.reading; print(*sys.modules)"]
    modules = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    parts = {".".join(module.split(".")[:2]) for module in modules if module.startswith("kb.")}
    assert parts & {"kb.engine", "kb.query", "kb.snippets", "kb.search", "kb.web", "kb.cli"} == set()
    # The loops over texts come from machine code that is kept, or load numba when they are compiled.
    assert {"whoosh", "falcon", "gunicorn", "jinja2", "marisa_trie", "trafilatura", "numba"} & set(modules) == set()


def test_a_long_vocabulary_is_begun_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    corpus = FakeCorpus({"a.md": "apple stone", "b.md": "bread"})
    tasks = [Task(source, {}) for source in corpus.scan() if isinstance(source, SourceFile)]
    monkeypatch.setattr(reading, "_MAX_WORDS", 2)
    reader = FileReader(corpus, Note(tmp_path))
    reader(tasks[:1])
    assert "apple" not in reader(tasks[1:]).articles.words


_READING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell runs in the background
sys.path[:0] = [{root!r}]
from kb.indexing import reading
from tests.indexing.test_reading import SlowCorpus, letters
from kb.text.tokens import Analyzer
from kb.indexing.builder import Builder
from pathlib import Path
reading.FILE_BATCH_FILES, reading.PAYING_SECONDS = 2, 0
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
