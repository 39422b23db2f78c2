"""A rollback lasts until the corpus changes, or until a person lifts it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.articles.corpus import FolderCorpus
from kb.indexing.builder import Builder
from kb.indexing.held import holding, still_holds
from kb.indexing.report import BuildReport
from kb.storage.generations import Generations
from kb.storage.hold import hold_of
from kb.storage.manifest import write_manifest
from kb.storage.rollback import lift, rollback
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, found_by

Build = Callable[..., BuildReport]


def state(report: BuildReport) -> tuple[str, bool, str]:
    return report.generation, report.published, report.held_from


def test_builds_leave_the_generation_alone_while_the_corpus_is_the_same(
    folder: Path, build: Build, three: FakeCorpus
) -> None:
    rollback(folder, 1)
    three.reads.clear()
    for _ in range(3):
        report = build(three)
        assert state(report) == ("gen-1", False, "gen-3")
        assert (report.articles, report.unchanged) == (4, 4)
    assert three.reads == []


def test_files_that_were_only_touched_are_read_once_and_change_nothing(
    folder: Path, build: Build, three: FakeCorpus
) -> None:
    rollback(folder)
    three.touch("a.md")
    three.reads.clear()
    for _ in range(2):
        assert state(build(three)) == ("gen-2", False, "gen-3")
    assert three.reads == ["a.md"]


@pytest.mark.parametrize("change", ["put", "edit", "remove", "same size"])
def test_any_change_ends_it(folder: Path, build: Build, three: FakeCorpus, change: str) -> None:
    rollback(folder)
    if change == "put":
        three.put("d.md", "date stone")
    elif change == "edit":
        three.put("a.md", "apples and stones")
    elif change == "same size":
        three.put("a.md", "apple stony")
    else:
        three.remove("a.md")
    assert state(build(three)) == ("gen-4", True, "")
    assert not (folder / "rollback.json").exists()
    assert state(build(three)) == ("gen-4", False, "")


def test_a_file_that_cannot_be_read_for_a_while_is_no_change(folder: Path, build: Build, three: FakeCorpus) -> None:
    rollback(folder)
    three.passed_over["a.md"] = "permission denied"
    assert state(build(three)) == ("gen-2", False, "gen-3")
    del three.passed_over["a.md"]
    assert state(build(three)) == ("gen-2", False, "gen-3")


def test_it_can_be_lifted(folder: Path, build: Build, generations: Generations, three: FakeCorpus) -> None:
    rollback(folder)
    hold = lift(folder)
    assert hold
    assert hold.origin == "gen-3"
    assert lift(folder) is None
    assert state(build(three)) == ("gen-4", True, "")
    assert found_by(generations.current(), "3") == ["new-3.md"]


def test_of_several_rollbacks_the_first_one_says_what_was_built(
    folder: Path, build: Build, generations: Generations, three: FakeCorpus
) -> None:
    rollback(folder)
    build(three)
    rollback(folder)
    assert state(build(three)) == ("gen-1", False, "gen-3")
    rollback(folder, 2)
    assert state(build(three)) == ("gen-2", False, "gen-3")
    rollback(folder, 3)
    assert hold_of(folder, generations.current()) is None
    assert state(build(three)) == ("gen-3", False, "")


def test_what_the_scans_since_then_found_is_part_of_it(folder: Path, build: Build, three: FakeCorpus) -> None:
    three.touch("b.md")
    assert not build(three).published
    rollback(folder)
    three.reads.clear()
    assert state(build(three)) == ("gen-2", False, "gen-3")
    assert three.reads == []


def test_nothing_is_needed_of_the_generation_rolled_back_from(
    folder: Path, analyzer: Analyzer, generations: Generations, three: FakeCorpus
) -> None:
    rollback(folder)
    build = Builder(folder, analyzer, keep_generations=1).build
    assert state(build(three)) == ("gen-2", False, "gen-3")
    assert [g.name for g in generations.all()] == ["gen-2"]
    assert state(build(three)) == ("gen-2", False, "gen-3")


def test_without_readable_records_nothing_is_held(folder: Path, build: Build, three: FakeCorpus) -> None:
    (folder / "gen-3" / "records.json").write_bytes(b"{}")
    rollback(folder)
    assert state(build(three)) == ("gen-4", True, "")


def test_damage_and_another_layout_are_no_state_to_hold(
    folder: Path, build: Build, generations: Generations, three: FakeCorpus
) -> None:
    held = rollback(folder)
    next(held.path.glob("*.toc")).write_bytes(b"damaged")
    assert build(three).published

    held = rollback(folder, 3)
    old = held.manifest
    old.fingerprint["layout"] = "1"
    write_manifest(held.path, old)
    assert build(three).published


def test_other_rules_of_reading_do_not_end_it(folder: Path, build: Build, three: FakeCorpus) -> None:
    rollback(folder)
    three.fingerprint = "articles/2"
    assert state(build(three)) == ("gen-2", False, "gen-3")


def test_a_real_folder_that_was_just_written_is_held(tmp_path: Path, folder: Path, analyzer: Analyzer) -> None:
    (tmp_path / "corpus").mkdir()
    for number in (1, 2):
        (tmp_path / "corpus" / f"{number}.txt").write_text(f"Page {number}\n\nStone.\n")
        report = Builder(folder, analyzer).build(FolderCorpus(tmp_path / "corpus", max_bytes=1000))
    assert report.generation == "gen-2"
    rollback(folder)
    os.utime(tmp_path / "corpus" / "1.txt", (1, 1))
    for _ in range(2):
        report = Builder(folder, analyzer).build(FolderCorpus(tmp_path / "corpus", max_bytes=1000))
        assert state(report) == ("gen-1", False, "gen-2")


def test_only_a_whole_generation_that_readers_can_use_is_held(
    folder: Path, generations: Generations, three: FakeCorpus
) -> None:
    held = rollback(folder)
    now = held.manifest.fingerprint
    hold = holding(folder, held, now, [])
    assert hold
    assert hold.origin == "gen-3"
    assert still_holds(folder, hold, three, list(three.scan()))
    assert not still_holds(folder, hold, three, [])
    assert holding(folder, held, now, ["a damaged file"]) is None
    assert holding(folder, held, now | {"analysis": "german"}, []) is None
    assert holding(folder, generations.all()[0], now, []) is None
    assert holding(folder, None, now, []) is None
