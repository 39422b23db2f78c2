"""The contract on real health articles and real short queries."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import kb
from kb.articles.corpus import FolderCorpus
from kb.indexing.builder import Builder
from kb.search.searcher import Searcher

from .asking import ANALYZER
from .pages import check_page

DATA = os.environ.get("TEST_DATA", "")
ARTICLES = 600
QUERIES = 100

pytestmark = pytest.mark.skipif(not DATA, reason="TEST_DATA does not name the folder with articles/medquad.jsonl.gz")


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """An index of every 27th article of MedQuAD."""
    corpus, folder = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("index") / "index"
    with gzip.open(Path(DATA) / "articles" / "medquad.jsonl.gz", "rt", encoding="utf-8") as lines:
        (corpus / "medquad.jsonl").write_text("".join(islice(lines, 0, 27 * ARTICLES, 27)), encoding="utf-8")
    Builder(folder, ANALYZER).build(FolderCorpus(corpus, max_bytes=100_000_000))
    searcher = kb.open_index(folder)
    yield searcher
    searcher.close()


@pytest.mark.parametrize(("count", "chars"), [(1, 60), (3, 200), (3, 400)])
def test_every_hit_keeps_the_contract(searcher: Searcher, count: int, chars: int) -> None:
    queries = (Path(DATA) / "articles" / "medquad-queries.txt").read_text(encoding="utf-8").splitlines()
    assert sum(check_page(searcher, query, count, chars) for query in queries[:: len(queries) // QUERIES]) > QUERIES
