"""The index folder: which generations there are, which one is current, and what is removed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kb.errors import IndexDamaged, NoIndex
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.storage.generations import Generation, Generations
from kb.storage.manifest import write_manifest
from kb.text.tokens import Analyzer
from tests.indexing.fakes import FakeCorpus, texts_of

from .test_manifest import MANIFEST

Build = Callable[..., BuildReport]


def publish(generations: Generations, number: int) -> Generation:
    building = generations.folder / f"building-{number}"
    building.mkdir(parents=True)
    write_manifest(building, msgspec.structs.replace(MANIFEST, number=number))
    return generations.publish(building, number)


def names(generations: Generations) -> list[str]:
    return sorted(path.name for path in generations.folder.iterdir())


def test_what_is_published_is_current_and_numbers_are_never_used_again(generations: Generations) -> None:
    assert generations.next_number() == 1
    for number in (1, 2, 3):
        publish(generations, number)
    assert (generations.folder / "CURRENT").read_text().splitlines()[:2] == ["gen-3", "newest 3"]
    generations.make_current(Generation(generations.folder / "gen-1"))
    assert (generations.folder / "CURRENT").read_text().splitlines()[:2] == ["gen-1", "newest 3"]
    assert [g.number for g in generations.all()] == [3, 2, 1]
    assert generations.older() == []
    assert (generations.newest_published(), generations.next_number()) == (3, 4)


def test_the_current_generation_and_the_newest_others_stay(generations: Generations) -> None:
    for number in (1, 2, 3, 4):
        publish(generations, number)
    generations.make_current(Generation(generations.folder / "gen-2"))
    generations.prune(2)
    assert names(generations) == ["CURRENT", "gen-2", "gen-4"]
    generations.prune(0)
    assert names(generations) == ["CURRENT", "gen-2"]


def test_what_a_build_left_that_did_not_end_is_removed(generations: Generations) -> None:
    publish(generations, 1)
    for name in ("building-2", "removing-1", "gen-2"):
        (generations.folder / name).mkdir()
    (generations.folder / "CURRENT.tmp").touch()
    (generations.folder / "notes.txt").touch()
    assert generations.next_number() == 3
    generations.clear_leftovers()
    assert names(generations) == ["CURRENT", "gen-1", "notes.txt"]


def test_a_manifest_of_another_generation_is_damage(generations: Generations) -> None:
    publish(generations, 1).path.rename(generations.folder / "gen-5")
    with pytest.raises(IndexDamaged, match="is that of generation 1"):
        _ = Generation(generations.folder / "gen-5").manifest


@pytest.mark.parametrize("content", [b"", b"gen-1", b"gen-\n", b"\xff\n", b"gen-1\nnewest 2\ncrc32 00000000\n"])
def test_a_damaged_pointer_is_an_error_for_readers_and_none_for_the_next_build(
    corpus: FakeCorpus, build: Build, generations: Generations, content: bytes
) -> None:
    build(corpus)
    (generations.folder / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged, match="CURRENT"):
        generations.current()
    assert [g.name for g in generations.older()] == ["gen-1"]
    report = build(corpus)
    assert (report.generation, report.read) == ("gen-2", 0)
    assert texts_of(generations.current()) == corpus.texts


def test_a_pointer_written_by_hand_will_do(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    corpus.put("d.md", "date stone")
    build(corpus)
    (generations.folder / "CURRENT").write_text("gen-1\n")
    assert generations.current().name == "gen-1"
    assert build(corpus).generation == "gen-3"
    assert [g.name for g in generations.all()] == ["gen-3", "gen-2", "gen-1"]


def test_without_an_index_the_command_to_run_is_named(generations: Generations) -> None:
    with pytest.raises(NoIndex, match="kb index"):
        generations.current()
    generations.folder.mkdir()
    with pytest.raises(NoIndex, match="kb index"):
        generations.current()
    assert generations.stamp() == (b"", b"")
    assert generations.older() == []


def test_the_stamp_is_another_for_other_content_under_the_same_names(generations: Generations, tmp_path: Path) -> None:
    publish(generations, 1)
    stamps = [generations.stamp()]
    publish(generations, 2)
    stamps.append(generations.stamp())
    generations.make_current(Generation(generations.folder / "gen-1"))
    stamps.append(generations.stamp())
    manifest = generations.folder / "gen-1" / "manifest.json"
    before = manifest.stat()
    write_manifest(manifest.parent, msgspec.structs.replace(MANIFEST, number=1, articles=8))
    os.utime(manifest, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (manifest.stat().st_ino, manifest.stat().st_mtime_ns, manifest.stat().st_size) == (
        before.st_ino,
        before.st_mtime_ns,
        before.st_size,
    )
    stamps.append(generations.stamp())
    assert len(set(stamps)) == 4
    generations.folder.rename(tmp_path / "moved")
    assert Generations(tmp_path / "moved").stamp() == stamps[-1]


def test_the_seal_of_a_generation_is_that_of_its_content(generations: Generations) -> None:
    first = publish(generations, 1)
    seals = {first.seal, Generation(first.path).seal}
    assert len(seals) == 1
    write_manifest(first.path, msgspec.structs.replace(MANIFEST, number=1, articles=8))
    assert Generation(first.path).seal not in seals


def test_a_missing_generation_is_named(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    (generations.folder / "gen-1").rename(generations.folder / "elsewhere")
    with pytest.raises(IndexDamaged, match="names gen-1, which is missing"):
        generations.current()


def test_a_generation_removed_while_a_reader_looks_is_no_error(
    folder: Path, corpus: FakeCorpus, analyzer: Analyzer, generations: Generations
) -> None:
    builder = Builder(folder, analyzer, keep_generations=1)
    builder.build(corpus)
    stop = threading.Event()

    def build() -> None:
        try:
            for number in range(20):
                corpus.put("a.md", f"apple {number}")
                builder.build(corpus)
        finally:
            stop.set()

    building = threading.Thread(target=build)
    building.start()
    while not stop.is_set():
        _ = generations.current().manifest
    building.join()
    assert [g.name for g in generations.all()] == ["gen-21"]
