"""Files of a generation are closed with their last use: not one stays open for the collector to find."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

import kb
from kb.indexing.builder import Builder
from kb.indexing.verification import check
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus

BUILDS = 300

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="open files and maps are listed there")


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Garbage in cycles stays for as long as the test runs."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def opened(folder: Path) -> int:
    """Descriptors of this process, and maps of files in a folder."""
    maps = Path("/proc/self/maps").read_text().splitlines()
    return len(list(Path("/proc/self/fd").iterdir())) + sum(str(folder) in line for line in maps)


@pytest.mark.usefixtures("no_collector")
def test_descriptors_and_maps_stay_as_many_through_hundreds_of_builds(tmp_path: Path, analyzer: Analyzer) -> None:
    corpus = FakeCorpus({"a.md": "first words", "b.md": "second words"})
    counts = []
    for number in range(BUILDS):
        corpus.texts["b.md"] = f"second words, version {number}"
        corpus.touch("b.md")
        Builder(tmp_path / "index", analyzer).build(corpus)
        counts.append(opened(tmp_path))
    assert max(counts[10:]) == min(counts[10:])
    assert Generations(tmp_path / "index").current().number == BUILDS


@pytest.mark.usefixtures("no_collector")
def test_a_searcher_that_is_closed_and_let_go_leaves_nothing_open(tmp_path: Path, analyzer: Analyzer) -> None:
    Builder(tmp_path / "index", analyzer).build(FakeCorpus({"a.md": "first words", "b.md": "second words"}))
    before = opened(tmp_path)
    for _ in range(5):
        searcher = kb.open_index(tmp_path / "index")
        assert searcher.search("first words", facets="site", sort="title").hits
        assert searcher.suggest("wor")
        assert searcher.search("fir* OR secnd~1", mode="staff", explain=True).hits
        searcher.close()
        del searcher
        assert opened(tmp_path) == before


@pytest.mark.usefixtures("no_collector")
def test_a_check_leaves_nothing_open(tmp_path: Path, analyzer: Analyzer) -> None:
    Builder(tmp_path / "index", analyzer).build(FakeCorpus({"a.md": "first words"}))
    generation = Generations(tmp_path / "index").current()
    before = opened(tmp_path)
    assert check(generation) == []
    assert opened(tmp_path) == before
