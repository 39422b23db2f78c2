"""The base of a build is whole: hashed anew before anything is built upon it, and now and then without a change."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.indexing import base as base_module
from kb.indexing.base import BaseDamaged, Bases
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.indexing.verification import check
from kb.storage import checksums
from kb.storage.generations import Generation, Generations
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, texts_of

Build = Callable[..., BuildReport]


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of these small indexes count as large ones, which are not hashed at every opening."""
    monkeypatch.setattr(checksums, "ALWAYS_HASHED", 0)


def rot(generation: Generation, pattern: str = "*.arrays") -> Path:
    """A byte of a file is another, and the time of change stays, as when the disk itself fails."""
    path = next(generation.path.glob(pattern))
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return path


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_what_rots_under_a_watcher_is_never_published(
    corpus: FakeCorpus, folder: Path, analyzer: Analyzer, generations: Generations, keep: int
) -> None:
    builder = Builder(folder, analyzer, keep_generations=keep)
    builder.build(corpus)
    for number in range(3):
        damaged = rot(generations.current())
        corpus.put("d.md", f"date stone {number}")
        report = builder.build(corpus)
        assert report.rebuilt_because[0] == f"{damaged} is damaged: its content does not fit its checksum"
        assert check(generations.current()) == []
        assert texts_of(generations.current()) == corpus.texts


def test_only_what_changed_is_read_where_an_older_generation_is_whole(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.put("d.md", "date stone")
    build(corpus)
    rot(generations.current(), "*.impacts")
    corpus.put("e.md", "elder stone")
    corpus.reads.clear()
    report = build(corpus)
    # Once before the base is hashed, and once upon the older base, which lacks two of the articles.
    assert (report.published, sorted(corpus.reads)) == (True, ["d.md", "e.md", "e.md"])
    assert check(generations.current()) == []


def test_rot_in_one_generation_spares_the_one_before(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    for number in range(4):
        corpus.put("d.md", f"date stone {number}")
        build(corpus)
    newest, before = generations.all()[:2]
    for path in sorted(newest.path.glob("MAIN_*")):
        rot(newest, path.name)
    assert len(check(Generation(newest.path))) == len(list(newest.path.glob("MAIN_*")))
    assert check(Generation(before.path)) == []


def test_a_watcher_without_a_change_hashes_everything_once_in_an_hour(
    corpus: FakeCorpus, build: Build, generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(corpus)
    damaged = rot(generations.current())
    assert not build(corpus).published
    monkeypatch.setattr(base_module, "VERIFIED_SECONDS", -1.0)
    report = build(corpus)
    assert report.rebuilt_because == (f"{damaged} is damaged: its content does not fit its checksum",)
    assert check(generations.current()) == []


def test_a_watcher_without_a_change_hashes_no_large_file(
    corpus: FakeCorpus, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(corpus)
    hashed: list[str] = []
    measure = checksums.measure
    monkeypatch.setattr(checksums, "measure", lambda path, *_: hashed.append(path.suffix) or measure(path))
    build(corpus)
    assert {*hashed} == {".toc", ".words", ".stems"}


def test_another_generation_of_the_same_name_is_hashed(
    corpus: FakeCorpus, build: Build, generations: Generations, tmp_path: Path, analyzer: Analyzer
) -> None:
    build(corpus)
    Builder(tmp_path / "other", analyzer).build(corpus)
    generations.current().path.rename(tmp_path / "before")
    (tmp_path / "other" / "gen-1").rename(generations.folder / "gen-1")
    damaged = rot(generations.current())
    assert build(corpus).rebuilt_because == (f"{damaged} is damaged: its content does not fit its checksum",)


def test_damage_found_before_a_draft_is_named(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    generation, damage = Bases(generations, 3).newest_whole()
    assert (generation, damage) == (generations.current(), [])
    assert generation
    damaged = rot(generation)
    with pytest.raises(BaseDamaged, match=damaged.name):
        Bases(generations, 3).hashed(generation)


def test_the_newest_generation_that_is_whole_is_found(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    assert Bases(generations, 3).newest_whole() == (None, [])
    build(corpus)
    corpus.put("d.md", "date stone")
    build(corpus)
    second, first = generations.all()
    assert Bases(generations, 3).newest_whole() == (second, [])
    next(second.path.glob("*.toc")).unlink()
    found, (problem,) = Bases(generations, 3).newest_whole()
    assert found == first
    assert problem.endswith("is missing")
    assert check(Generation(second.path)) == [problem]
    (first.path / "manifest.json").unlink()
    found, problems = Bases(generations, 3).newest_whole()
    assert (found, len(problems)) == (None, 2)
