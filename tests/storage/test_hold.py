"""A hold is of one generation of one index, and is nothing where its file is lost."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kb.storage.generations import Generations
from kb.storage.hold import Hold, hold_of, remove_hold, write_hold
from kb.storage.records import FileRecord
from tests.indexing.fakes import FakeCorpus


def test_a_hold_is_of_one_generation_of_one_index(folder: Path, generations: Generations, three: FakeCorpus) -> None:
    newest, older, _ = generations.all()
    hold = Hold(older.number, older.manifest.created, "gen-3", (FileRecord("a", 1, 2, "digest"),))
    assert hold_of(folder, older) is None
    write_hold(folder, hold)
    assert hold_of(folder, older) == hold
    assert hold_of(folder, newest) is None
    write_hold(folder, msgspec.structs.replace(hold, created="2001-01-01T00:00:00+00:00"))
    assert hold_of(folder, older) is None


def test_a_damaged_hold_holds_nothing(folder: Path, generations: Generations, three: FakeCorpus) -> None:
    current = generations.current()
    write_hold(folder, Hold(current.number, current.manifest.created, "gen-9", ()))
    path = folder / "rollback.json"
    path.write_bytes(path.read_bytes().replace(b"gen-9", b"gen-8"))
    assert hold_of(folder, current) is None


def test_removing_tells_whether_there_was_one(folder: Path, three: FakeCorpus) -> None:
    assert not remove_hold(folder)
    write_hold(folder, Hold(1, "", "gen-2", ()))
    assert remove_hold(folder)
    assert not (folder / "rollback.json").exists()
