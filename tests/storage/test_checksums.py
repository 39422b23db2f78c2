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
from kb.storage.checksums import Identity, deep_verify, file_problems, measure, newest_intact, quick_verify
from kb.storage.generations import Generation, Generations
from kb.text.tokens import Analyzer
from tests.indexing.fakes import FakeCorpus
from tests.indexing.test_damage import flip

Build = Callable[..., BuildReport]


def test_a_file_is_hashed_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    hashed: dict[Identity, str] = {}
    measured = measure(path, hashed)
    assert (measured.size, measured.sha256) == (7, hashlib.sha256(b"content").hexdigest())
    assert (measured.inode, measured.mtime_ns) == (path.stat().st_ino, path.stat().st_mtime_ns)
    os.link(path, tmp_path / "link")
    assert measure(tmp_path / "link", hashed) == measured
    assert len(hashed) == 1
    path.write_bytes(b"another content")
    assert measure(path, hashed).sha256 == hashlib.sha256(b"another content").hexdigest()


def test_the_newest_generation_that_is_whole_is_found(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    assert newest_intact(generations) == (None, [])
    build(corpus)
    corpus.put("d.md", "date stone")
    build(corpus)
    second, first = generations.all()
    assert newest_intact(generations) == (second, [])
    next(second.path.glob("*.toc")).unlink()
    found, (problem,) = newest_intact(generations)
    assert found == first
    assert problem.endswith("is missing")
    assert file_problems(Generation(second.path)) == [problem]
    (first.path / "manifest.json").unlink()
    found, problems = newest_intact(generations)
    assert (found, len(problems)) == (None, 2)


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
    assert hashed_to_open(generation) == 3  # the table of contents, which is unpickled, and two tries
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
    trusted = [path for path in copied.current().path.iterdir() if path.suffix in (".toc", ".words", ".stems")]
    assert hashed_to_open(copied.current()) == len(trusted)


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
    now, before = generations.current().path, generations.older()[0].path
    shared = [path for path in now.iterdir() if path.stat().st_nlink > 1]
    assert {path.name for path in shared} <= {path.name for path in before.iterdir()}
    quick_verify(generations.current(), hashed)
    assert len(hashed) - first == len(generations.current().manifest.index_files) - len(shared)
