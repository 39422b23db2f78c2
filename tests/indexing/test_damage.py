"""Damage on the disk is found before anything is read from it, and a build puts it right."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kb.errors import IndexDamaged, NoIndex
from kb.indexing import checksums
from kb.indexing.builder import Builder
from kb.indexing.checked_json import seal
from kb.indexing.checksums import Identity, deep_verify, quick_verify
from kb.indexing.generations import Generation, Generations
from kb.indexing.manifest import MANIFEST, IndexFile
from kb.indexing.records import RECORDS
from kb.indexing.report import BuildReport
from kb.indexing.status import index_status
from kb.indexing.verification import check
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, texts_of

Build = Callable[..., BuildReport]


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 0x01
    path.write_bytes(data)


def truncate(path: Path, position: int) -> None:
    path.write_bytes(path.read_bytes()[:position])


def remove(path: Path, _: int) -> None:
    path.unlink()


def names(generation: Generation) -> list[str]:
    return sorted(path.name for path in generation.path.iterdir())


@pytest.mark.parametrize("harm", [flip, truncate, remove])
def test_every_kind_of_damage_to_every_file_is_found_and_named(
    corpus: FakeCorpus, build: Build, generations: Generations, harm: Callable[[Path, int], None]
) -> None:
    build(corpus)
    for name in names(generations.current()):
        generation = generations.current()
        path = generation.path / name
        whole = path.read_bytes()
        for position in {0, len(whole) // 3, len(whole) - 1} if whole or harm is remove else ():
            harm(path, position)
            found = check(Generation(generation.path))
            assert any(name in problem for problem in found), (name, position)
            with pytest.raises(IndexDamaged, match=name):
                quick_verify(Generation(generation.path))
            path.write_bytes(whole)
        quick_verify(Generation(generation.path))


def test_every_byte_of_the_manifest_counts(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    path = generations.current().path / "manifest.json"
    whole = path.read_bytes()
    for position in range(len(whole)):
        flip(path, position)
        with pytest.raises(IndexDamaged):
            _ = Generation(path.parent).manifest
        path.write_bytes(whole)


def test_a_file_that_does_not_belong_there_is_found(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    (generations.current().path / "_MAIN_99.toc").write_bytes(b"cos\nsystem\n")
    with pytest.raises(IndexDamaged, match=r"_MAIN_99.toc is not in the manifest"):
        quick_verify(generations.current())


@pytest.fixture
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checksums, "ALWAYS_HASHED", 0)


def hashed_to_open(generation: Generation) -> int:
    """How many files are hashed when a generation is opened by a process that knows none of them."""
    hashed: dict[Identity, str] = {}
    quick_verify(Generation(generation.path), hashed)
    return len(hashed)


@pytest.mark.usefixtures("nothing_is_small")
def test_a_large_file_is_read_at_opening_only_if_it_is_not_the_one_that_was_published(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    generation = generations.current()
    assert hashed_to_open(generation) == 1  # the table of contents, which is unpickled
    for path in generation.path.glob("MAIN_*"):
        whole = path.read_bytes()
        flip(path, len(whole) // 2)
        with pytest.raises(IndexDamaged, match=path.name):
            hashed_to_open(generation)
        path.write_bytes(whole)
    assert hashed_to_open(generation) == 1 + len(list(generation.path.glob("MAIN_*")))
    assert check(Generation(generation.path)) == []


@pytest.mark.usefixtures("nothing_is_small")
def test_an_index_that_was_copied_or_shares_files_opens(
    corpus: FakeCorpus, build: Build, generations: Generations, analyzer: Analyzer, tmp_path: Path
) -> None:
    build(corpus)
    shutil.copytree(generations.folder, tmp_path / "copy")
    copied = Generations(tmp_path / "copy")
    assert hashed_to_open(copied.current()) == len(copied.current().manifest.index_files)
    corpus.put("d.md", "date stone")
    Builder(copied.folder, analyzer).build(corpus)
    assert hashed_to_open(copied.current()) == 1


@pytest.mark.usefixtures("nothing_is_small")
def test_what_the_disk_changes_by_itself_is_found_by_a_check_alone(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    generation = generations.current()
    path = next(generation.path.glob("*.arrays"))
    before = path.stat()
    flip(path, before.st_size // 2)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    quick_verify(Generation(generation.path), {})
    assert any(path.name in problem for problem in check(Generation(generation.path)))
    with pytest.raises(IndexDamaged, match=path.name):
        deep_verify(Generation(generation.path), {})


def test_a_file_is_hashed_once_however_many_generations_share_it(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    hashed: dict[tuple[int, int, int, int], str] = {}
    quick_verify(generations.current(), hashed)
    first = len(hashed)
    corpus.put("d.md", "date stone")
    build(corpus)
    now, before = generations.current().path, generations.others()[0].path
    shared = [path for path in now.iterdir() if path.stat().st_nlink > 1]
    assert {path.name for path in shared} <= {path.name for path in before.iterdir()}
    quick_verify(generations.current(), hashed)
    assert len(hashed) - first == len(generations.current().manifest.index_files) - len(shared)


def test_a_damaged_generation_is_rebuilt_and_the_reason_named(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    damaged = generations.current().path
    toc = next(damaged.glob("*.toc"))
    flip(toc, 30)
    report = build(corpus)
    assert report.published
    assert toc.name in report.rebuilt_because[0]
    assert texts_of(generations.current()) == corpus.texts


def test_an_older_generation_that_is_whole_is_built_upon(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.put("d.md", "date stone")
    build(corpus)
    corpus.reads.clear()
    (generations.current().path / "manifest.json").unlink()
    report = build(corpus)
    assert (report.generation, corpus.reads) == ("gen-3", ["d.md"])
    assert texts_of(generations.current()) == corpus.texts


@pytest.mark.parametrize("content", [b"", b"gen-1", b"gen-\n", b"\xff\n", b"gen-1\nnewest 2\ncrc32 00000000\n"])
def test_a_damaged_pointer_is_an_error_for_readers_and_none_for_the_next_build(
    corpus: FakeCorpus, build: Build, generations: Generations, content: bytes
) -> None:
    build(corpus)
    (generations.folder / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged, match="CURRENT"):
        generations.current()
    assert [g.name for g in generations.others()] == ["gen-1"]
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


def test_an_index_of_a_newer_format_is_refused(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    path = generations.current().path / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"format":2', b'"format":3', 1))
    with pytest.raises(IndexDamaged, match="made by a newer kb"):
        generations.current()


def test_an_index_of_the_first_format_opens_and_is_made_anew(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    generation = generations.current()
    as_first = msgspec.structs.replace(
        generation.manifest,
        articles=None,
        files=generation.records,
        fingerprint=generation.manifest.fingerprint | {"format": "1"},
        index_files={
            name: IndexFile(file.size, file.sha256)
            for name, file in generation.manifest.index_files.items()
            if name != RECORDS
        },
    )
    (generation.path / RECORDS).unlink()
    (generation.path / MANIFEST).write_bytes(seal(as_first, 1))
    quick_verify(generations.current(), {})
    assert [record.path for record in generations.current().records] == sorted(corpus.texts)
    assert [facts.articles for facts in index_status(generations.folder).generations] == [3]
    corpus.break_file("b.md")
    report = build(corpus)
    assert report.rebuilt_because == ("format changed from 1 to 2",)
    assert (report.unchanged, report.kept) == (2, 1)
    assert texts_of(generations.current())["b.md"] == "bread stone"


def test_without_an_index_the_command_to_run_is_named(generations: Generations) -> None:
    with pytest.raises(NoIndex, match="kb index"):
        generations.current()
    generations.folder.mkdir()
    with pytest.raises(NoIndex, match="kb index"):
        generations.current()
    with pytest.raises(NoIndex):
        generations.stamp()
    assert generations.others() == []


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


def test_a_record_of_touched_files_that_is_damaged_costs_only_a_reading(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.touch("a.md")
    build(corpus)
    flip(generations.folder / "seen.json", 100)
    corpus.reads.clear()
    assert build(corpus).published is False
    assert corpus.reads == ["a.md"]
