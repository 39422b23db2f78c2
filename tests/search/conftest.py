from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.model import Article
from kb.search.searcher import Searcher

from .corpora import FIVE, Archive

MakeArchive = Callable[..., Archive]


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
