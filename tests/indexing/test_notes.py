"""What a process leaves behind that was killed in the middle of reading."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.article import SourceFile
from kb.indexing import notes
from kb.indexing.notes import Note, files_of_process, files_of_processes, remove_notes

FILES = (SourceFile("a.txt", 1, 2), SourceFile("é\n.txt", 3, 4), SourceFile("c.txt", 5, 6))


@pytest.fixture
def note(tmp_path: Path) -> Note:
    note = Note(tmp_path)
    note.begin(FILES)
    return note


def left(folder: Path) -> list[tuple[SourceFile, ...]]:
    assert files_of_processes(folder) in ([], [files_of_process(folder, os.getpid())])
    return files_of_processes(folder)


def test_the_file_at_work_is_named_and_all_files_while_they_are_analysed(note: Note, tmp_path: Path) -> None:
    assert left(tmp_path) == [()]
    for index in (0, 1, 2):
        note.read(index)
        assert left(tmp_path) == [(FILES[index],)]
    note.analyse()
    assert left(tmp_path) == [FILES]
    note.end()
    assert left(tmp_path) == []


def test_a_shorter_batch_leaves_nothing_of_a_longer_one(note: Note, tmp_path: Path) -> None:
    note.end()
    note.begin(FILES[:1])
    note.analyse()
    assert left(tmp_path) == [FILES[:1]]


def test_a_process_that_ends_with_its_parent_is_excused_unless_it_hangs(
    note: Note, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note.read(1)
    with monkeypatch.context() as hanging:
        hanging.setattr(notes, "HANGING_SECONDS", 0.0)
        note.excuse()
    assert left(tmp_path) == [(FILES[1],)]
    note.excuse()
    note.read(2)
    assert left(tmp_path) == [()]


@pytest.mark.parametrize(
    "content", [b"", b"1", b"all        \n", b"7          \n[]", b"x          \n[1]", b"\xff" * 99]
)
def test_a_note_cut_off_by_a_power_failure_accuses_nobody(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / "77").write_bytes(content)
    (tmp_path / "reading" / "other").write_bytes(content)
    assert files_of_processes(tmp_path) == [()]
    remove_notes(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", ["mkdir", "open", "pwrite", "unlink"])
def test_a_disk_that_fails_has_no_notes_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    note = Note(tmp_path)
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        note.begin(FILES)
        note.read(1)
        note.analyse()
        note.end()
    assert len(list(Path("/dev/fd").iterdir())) == before
    assert not any(files_of_processes(tmp_path))


def test_where_there_is_no_folder_there_are_no_notes(tmp_path: Path) -> None:
    Note(tmp_path / "none" / "index").begin(FILES)
    assert files_of_processes(tmp_path / "none" / "index") == []
