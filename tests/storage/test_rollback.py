"""The way back to an earlier generation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import BuildRefused, IndexDamaged
from kb.indexing.report import BuildReport
from kb.storage.generations import Generations
from kb.storage.rollback import rollback
from tests.indexing.fakes import FakeCorpus, texts_of

Build = Callable[..., BuildReport]


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
    assert [g.number for g in generations.older()] == []
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
    three.put("new-4.md", "number 4")
    report = build(three)
    assert (report.generation, report.added, report.read) == ("gen-4", 3, 3)
    assert [g.name for g in generations.all()] == ["gen-4", "gen-3", "gen-2"]


def test_rollback_where_nothing_is(folder: Path) -> None:
    with pytest.raises(BuildRefused, match="no generation"):
        rollback(folder)


def test_a_crash_in_a_second_rollback_leaves_the_first_in_force(
    folder: Path, build: Build, generations: Generations, three: FakeCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollback(folder)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(Generations, "make_current", crash)
        with pytest.raises(KeyboardInterrupt):
            rollback(folder)
    report = build(three)
    assert (report.generation, report.published, report.held_from) == ("gen-2", False, "gen-3")
