from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.indexing.builder import Builder
from kb.indexing.generations import Generations
from kb.indexing.report import BuildReport
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def generations(folder: Path) -> Generations:
    return Generations(folder)


@pytest.fixture
def corpus() -> FakeCorpus:
    """Three articles that share the word `stone`."""
    return FakeCorpus({"a.md": "apple stone", "b.md": "bread stone", "c.md": "cheese stone"})


@pytest.fixture
def build(folder: Path, analyzer: Analyzer) -> Callable[..., BuildReport]:
    return Builder(folder, analyzer).build


@pytest.fixture
def three(corpus: FakeCorpus, build: Callable[..., BuildReport]) -> FakeCorpus:
    """A corpus of which generation 1, 2 and 3 have one, two and three articles more."""
    for number in (1, 2, 3):
        corpus.put(f"new-{number}.md", f"number {number}")
        build(corpus)
    return corpus
