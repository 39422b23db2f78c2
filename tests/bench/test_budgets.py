"""The measuring of what a request may cost: the service answers every request, and the corpus is hostile."""

from __future__ import annotations

from pathlib import Path

import falcon.testing
import pytest

from bench.reliability.budgets import REQUESTS
from bench.reliability.hostile import COLUMNS, LONGEST, ORDINARY, TAGS_OF_AN_ARTICLE, HostileCorpus
from kb.article import Article, SourceFile
from kb.settings import Settings
from kb.web.app import open_app


def read(name: str) -> Article:
    (article,) = HostileCorpus().read(SourceFile(name, 1, 1)).articles
    return article


@pytest.mark.parametrize(("name", "address"), REQUESTS)
def test_every_request_is_understood(sample_index: Path, name: str, address: str) -> None:
    client = falcon.testing.TestClient(open_app(Settings(index=str(sample_index))))
    answer = client.simulate_get(address)
    assert answer.status_code == (404 if "articles/" in address else 200), name


def test_the_corpus_has_a_source_for_each_article_in_order() -> None:
    names = [source.path for source in HostileCorpus().scan() if isinstance(source, SourceFile)]
    assert names == sorted(set(names))
    assert len(names) > ORDINARY


@pytest.mark.parametrize("name", ["same", "pairs", "letters", "invisible"])
def test_a_long_article_is_as_long_as_a_file_may_be(name: str) -> None:
    assert LONGEST - 20 < len(read(name).text.encode()) <= LONGEST


def test_ordinary_articles_share_no_tag() -> None:
    first, second = read("ordinary-0001"), read("ordinary-0002")
    assert len(set(first.tags)) == TAGS_OF_AN_ARTICLE
    assert not set(first.tags) & set(second.tags)
    assert first == read("ordinary-0001")
    assert len(set(COLUMNS)) == 64
