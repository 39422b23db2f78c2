"""Damage on the disk is found before anything is read from it, and a build puts it right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kb.errors import IndexDamaged
from kb.indexing.report import BuildReport
from kb.indexing.verification import check
from kb.segments.versions import LAYOUT_VERSION
from kb.storage.checked_json import encode_checked
from kb.storage.checksums import measure, quick_verify
from kb.storage.generations import Generation, Generations
from kb.storage.manifest import MANIFEST, IndexFile, write_manifest
from kb.storage.records import RECORDS
from kb.storage.rollback import rollback
from kb.storage.status import index_status

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
    (generation.path / MANIFEST).write_bytes(encode_checked(as_first, 1))
    quick_verify(generations.current())
    assert [record.path for record in generations.current().records] == sorted(corpus.texts)
    assert [facts.articles for facts in index_status(generations.folder).generations] == [3]
    corpus.break_file("b.md")
    report = build(corpus)
    assert report.rebuilt_because == ("format changed from 1 to 2",)
    assert (report.unchanged, report.kept) == (2, 1)
    assert texts_of(generations.current())["b.md"] == "bread stone"


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


@pytest.fixture
def older(corpus: FakeCorpus, build: Build, generations: Generations) -> Generation:
    """A generation that an older kb made: its table of contents is a pickle of classes that are gone."""
    build(corpus)
    generation = generations.current()
    toc = next(generation.path.glob("*.toc"))
    toc.write_bytes(toc.read_bytes().replace(b"kb.segments.whoosh_toc", b"kb.segments.whoosh_bag"))
    manifest = msgspec.structs.replace(
        generation.manifest,
        fingerprint=generation.manifest.fingerprint | {"layout": "3"},
        index_files=generation.manifest.index_files | {toc.name: measure(toc)},
    )
    write_manifest(generation.path, manifest)
    return generations.current()


OLDER = "gen-1 was made by an older kb; make the index anew with: kb index"


def test_an_index_of_an_older_kb_is_named_by_all_that_look_at_it(older: Generation, generations: Generations) -> None:
    (problem,) = check(older)
    assert problem.endswith(OLDER)
    with pytest.raises(IndexDamaged, match=OLDER):
        quick_verify(older)
    assert index_status(generations.folder).generations[0].problem.endswith(OLDER)
    with pytest.raises(IndexDamaged, match=OLDER):
        rollback(generations.folder, 1)


def test_an_index_of_an_older_kb_is_made_anew_and_names_what_it_cannot_keep(
    corpus: FakeCorpus, build: Build, older: Generation, generations: Generations
) -> None:
    corpus.break_file("b.md", "not text")
    report = build(corpus)
    assert report.rebuilt_because == (f"layout changed from 3 to {LAYOUT_VERSION}",)
    assert report.skipped == (("b.md", "b.md: the earlier version cannot be read any more"), ("b.md", "not text"))
    assert (report.generation, report.unchanged, report.kept, report.removed) == ("gen-2", 2, 0, 1)
    assert check(generations.current()) == []
    with pytest.raises(IndexDamaged, match=OLDER):
        rollback(generations.folder)
    assert generations.current().name == "gen-2"
