"""What a person sees of an index folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import IndexDamaged
from kb.storage.generations import Generation, Generations
from kb.storage.lock import builder_lock
from kb.storage.status import index_status
from tests.indexing.fakes import FakeCorpus


def test_status_lists_the_generations(folder: Path, three: FakeCorpus) -> None:
    (folder / "gen-1" / "manifest.json").unlink()
    status = index_status(folder)
    assert (status.current, status.builder, status.problem) == ("gen-3", None, "")
    assert [(g.name, g.articles) for g in status.generations] == [("gen-3", 6), ("gen-2", 5), ("gen-1", 0)]
    assert status.generations[0].size > 1000
    assert "manifest.json" in status.generations[2].problem


def test_status_of_no_index_says_what_to_do(folder: Path) -> None:
    assert "kb index" in index_status(folder).problem


def test_status_names_the_builder_at_work(tmp_path: Path) -> None:
    with builder_lock(tmp_path, wait_seconds=0, notice=print):
        assert index_status(tmp_path).builder is not None
    assert index_status(tmp_path).builder is None


def test_status_says_what_is_opened_instead_of_a_damaged_generation(folder: Path, three: FakeCorpus) -> None:
    (folder / "gen-3" / "records.json").write_bytes(b"cut")
    status = index_status(folder)
    assert status.current == "gen-2"
    assert "records.json" in status.problem
    assert status.problem.endswith("; answering from gen-2 instead")
    for number in (1, 2):
        (folder / f"gen-{number}" / "records.json").write_bytes(b"cut")
    status = index_status(folder)
    assert (status.current, "answering" in status.problem) == ("gen-3", False)


def test_a_folder_that_cannot_be_listed_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()

    def all_of(_: Generations) -> list[Generation]:
        raise IndexDamaged("cannot be listed")

    monkeypatch.setattr(Generations, "all", all_of)
    assert index_status(folder).generations == ()
