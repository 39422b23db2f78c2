"""Files are read alone, in a process that may end."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from kb.article import Reading, SourceFile
from kb.errors import IndexFailure
from kb.indexing import apart
from kb.indexing.apart import ApartReader
from kb.indexing.file_batch import Task
from kb.indexing.notes import Note
from kb.indexing.reading import FileReader
from kb.indexing.suspects import Suspects
from kb.indexing.worker import WorkerEnded

from .fakes import FakeCorpus


class DeadlyCorpus(FakeCorpus):
    """A file with `kill` in its text kills its reader."""

    def read(self, source: SourceFile) -> Reading:
        if "kill" in self.texts[source.path]:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(source)


def make(corpus: FakeCorpus, folder: Path) -> FileReader:
    return FileReader(corpus, Note(folder))


@pytest.fixture
def corpus() -> DeadlyCorpus:
    return DeadlyCorpus({"a.md": "apple", "b.md": "kill", "c.md": "cheese", "d.md": "kill"})


@pytest.fixture
def suspects(tmp_path: Path) -> Suspects:
    return Suspects(tmp_path, "")


@pytest.fixture
def reader(corpus: DeadlyCorpus, suspects: Suspects, tmp_path: Path) -> Iterator[ApartReader]:
    reader = ApartReader(partial(make, corpus, tmp_path), suspects)
    yield reader
    reader.close()
    assert multiprocessing.active_children() == []


def tasks(corpus: DeadlyCorpus) -> list[Task]:
    return [Task(source, {}) for source in corpus.scan() if isinstance(source, SourceFile)]


def test_files_that_end_the_process_are_set_aside_and_the_others_read(
    reader: ApartReader, corpus: DeadlyCorpus, suspects: Suspects
) -> None:
    batch = reader.read(tasks(corpus))
    assert [file.source.path for file in batch.files] == ["a.md", "b.md", "c.md", "d.md"]
    assert [bool(file.reading.skipped) for file in batch.files] == [False, True, False, True]
    assert batch.articles.texts == [b"apple", b"cheese"]
    assert [bool(suspects.find(task.source)) for task in tasks(corpus)] == [False, True, False, True]


def test_a_batch_in_hand_shares_the_death_of_a_process_without_a_note(
    reader: ApartReader, corpus: DeadlyCorpus, suspects: Suspects
) -> None:
    first, deadly, *_ = tasks(corpus)
    batch = reader.read_after(WorkerEnded(0, -signal.SIGKILL), [first, deadly])
    assert [bool(file.reading.skipped) for file in batch.files] == [False, True]
    assert suspects.find(first.source) is None


def test_a_process_that_was_told_to_end_charges_nobody(
    reader: ApartReader, corpus: DeadlyCorpus, suspects: Suspects
) -> None:
    with pytest.raises(WorkerEnded):
        reader.read_after(WorkerEnded(0, -signal.SIGTERM), tasks(corpus))
    assert not any(suspects.find(task.source) for task in tasks(corpus))


def test_a_machine_that_ends_every_process_fails_the_build(
    reader: ApartReader, corpus: DeadlyCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "MAX_ENDED", 2)
    with pytest.raises(IndexFailure, match=r"for want of memory; .* \(3 such ends in this build\)"):
        reader.read(tasks(corpus))
