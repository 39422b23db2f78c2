"""Which files are hashed when a generation is opened or checked."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import IndexDamaged
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.indexing.verification import check
from kb.storage import checksums
from kb.storage.checksums import deep_verify, is_same_file, measure, measure_all, quick_verify
from kb.storage.generations import Generation, Generations
from kb.storage.manifest import IndexFile
from kb.text.tokens import Analyzer
from tests.indexing.fakes import FakeCorpus
from tests.indexing.test_damage import flip

Build = Callable[..., BuildReport]


def test_the_entry_of_a_file_names_its_content_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    measured = measure(path)
    assert (measured.size, measured.sha256) == (7, hashlib.sha256(b"content").hexdigest())
    assert is_same_file(path.stat(), measured)
    (tmp_path / "other").write_bytes(b"content")
    assert not is_same_file((tmp_path / "other").stat(), measured)
    assert measure_all([path, tmp_path / "other"]) == {"file": measured, "other": measure(tmp_path / "other")}


@pytest.fixture
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checksums, "ALWAYS_HASHED", 0)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths of the files that are hashed, in order."""
    paths: list[Path] = []

    def noting(path: Path, _pause: object = None) -> IndexFile:
        paths.append(path)
        return measure(path)

    monkeypatch.setattr(checksums, "measure", noting)
    return paths


def hashed_to_open(generation: Generation, hashed: list[Path]) -> int:
    """How many files are hashed when a generation is opened."""
    hashed.clear()
    quick_verify(Generation(generation.path))
    return len(hashed)


@pytest.mark.usefixtures("nothing_is_small")
def test_a_large_file_is_read_at_opening_only_if_it_is_not_the_one_that_was_published(
    corpus: FakeCorpus, build: Build, generations: Generations, hashed: list[Path]
) -> None:
    build(corpus)
    generation = generations.current()
    assert hashed_to_open(generation, hashed) == 3  # the table of contents, which is unpickled, and two tries
    for path in generation.path.glob("MAIN_*"):
        whole = path.read_bytes()
        flip(path, len(whole) // 2)
        with pytest.raises(IndexDamaged, match=path.name):
            hashed_to_open(generation, hashed)
        path.write_bytes(whole)
    assert hashed_to_open(generation, hashed) == 1 + len(list(generation.path.glob("MAIN_*")))
    assert check(Generation(generation.path)) == []


@pytest.mark.usefixtures("nothing_is_small")
def test_an_index_that_was_copied_or_shares_files_opens(
    corpus: FakeCorpus,
    build: Build,
    generations: Generations,
    analyzer: Analyzer,
    hashed: list[Path],
    tmp_path: Path,
) -> None:
    build(corpus)
    shutil.copytree(generations.folder, tmp_path / "copy")
    copied = Generations(tmp_path / "copy")
    assert hashed_to_open(copied.current(), hashed) == len(copied.current().manifest.index_files)
    corpus.put("d.md", "date stone")
    Builder(copied.folder, analyzer).build(corpus)
    trusted = [path for path in copied.current().path.iterdir() if path.suffix in (".toc", ".words", ".stems")]
    assert hashed_to_open(copied.current(), hashed) == len(trusted)


@pytest.mark.usefixtures("nothing_is_small")
def test_what_the_disk_changes_by_itself_is_found_by_hashes_alone(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    generation = generations.current()
    path = next(generation.path.glob("*.arrays"))
    before = path.stat()
    flip(path, before.st_size // 2)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    quick_verify(Generation(generation.path))
    assert any(path.name in problem for problem in check(Generation(generation.path)))
    with pytest.raises(IndexDamaged, match=path.name):
        deep_verify(Generation(generation.path))


@pytest.mark.usefixtures("nothing_is_small")
def test_a_copied_index_is_hashed_once_by_a_process_that_remembers_the_files(
    corpus: FakeCorpus, build: Build, generations: Generations, hashed: list[Path], tmp_path: Path
) -> None:
    build(corpus)
    shutil.copytree(generations.folder, tmp_path / "copy")
    copied = Generations(tmp_path / "copy").current()
    known = deep_verify(copied)
    hashed.clear()
    quick_verify(copied, known)
    assert {path.suffix for path in hashed} == {".toc", ".words", ".stems"}
    arrays = next(copied.path.glob("*.arrays"))
    flip(arrays, arrays.stat().st_size // 2)
    with pytest.raises(IndexDamaged, match=arrays.name):
        quick_verify(copied, known)
