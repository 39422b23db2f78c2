from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import kb
import kb.compiled
from kb.article import Article
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.search.searcher import Searcher
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer
from tests.clock import Clock
from tests.corpora import FIVE, Archive, MakeArchive
from tests.indexing.fakes import FakeCorpus

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "corpus"

Kb = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--loops", choices=["machine-code", "interpreted"], default="machine-code", help="how compiled loops are run"
    )
    parser.addoption("--update-golden", action="store_true", help="write golden files anew, as UPDATE_GOLDEN=1 does")


def pytest_configure(config: pytest.Config) -> None:
    seconds = {"machine-code": 0.0, "interpreted": float("inf")}[config.getoption("loops")]
    kb.compiled.LOADING_SECONDS = kb.compiled.PREPARING_SECONDS = seconds
    if config.getoption("update_golden"):
        os.environ["UPDATE_GOLDEN"] = "1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run_kb(tmp_path: Path) -> Kb:
    """Runs the command in an empty folder, without any setting from outside."""

    def run(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        command = [sys.executable, "-m", "kb", *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=inherited | environ, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the articles in `corpus/`, made by the command."""
    index = tmp_path_factory.mktemp("samples") / "index"
    subprocess.run([sys.executable, "-m", "kb", "index", SAMPLES, "--index", index], check=True, capture_output=True)
    return index


@pytest.fixture(scope="session")
def samples(sample_index: Path) -> Iterator[Searcher]:
    searcher = kb.open_index(sample_index)
    yield searcher
    searcher.close()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real collections; tests that want it are skipped where TEST_DATA does not name it."""
    folder: Any = os.environ.get("TEST_DATA")
    if not folder:
        pytest.skip("TEST_DATA does not name a folder with real articles")
    return Path(folder)


@pytest.fixture
def archive(tmp_path: Path) -> MakeArchive:
    """Builds an archive of the articles given."""

    def make(*articles: Article) -> Archive:
        return Archive(tmp_path / "index", *articles)

    return make


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A searcher over the five articles of `corpora.FIVE`."""
    searcher = Archive(tmp_path_factory.mktemp("five") / "index", *FIVE).open()
    yield searcher
    searcher.close()


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
