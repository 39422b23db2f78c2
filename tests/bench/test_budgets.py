"""The measuring of what a request may cost: the service answers every request, and the corpus is hostile."""

from __future__ import annotations

from pathlib import Path

import falcon.testing
import pytest

from bench.reliability import budgets
from bench.reliability.budgets import CPU_S, MEMORY_MB, REQUESTS, Cost, ended, main, row_of
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


def test_a_request_over_a_bound_is_a_problem() -> None:
    within = Cost(200, CPU_S, 9.0, 0.4, "yes", 12_000, MEMORY_MB)
    assert row_of(within) == (["200", "1.30", "9.00", "64", "400", "yes", "12"], "")
    assert row_of(within._replace(cpu=CPU_S + 0.1))[1] == "1.40 s of processor time, of 1.3"
    assert row_of(within._replace(above=MEMORY_MB + 10))[1] == "74 MB above the index, of 64"
    assert row_of(within._replace(status=503))[1] == "status 503"
    assert row_of(within._replace(status=404))[1] == "status 404"


def test_a_request_without_an_answer_is_a_problem() -> None:
    assert row_of(ended(-11)) == (["ended by SIGSEGV", *["-"] * 6], "no answer, ended by SIGSEGV")
    assert row_of(ended(1))[1] == "no answer, ended with 1"


def test_a_problem_is_named_and_shows_in_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "CURRENT").touch()
    costs: list[Cost | str] = [Cost(200, 0.1, 0.1, 0.0, "", 1), "ended by SIGSEGV"]
    monkeypatch.setattr(budgets, "_cost", lambda *_: costs[0])
    assert main([str(tmp_path), "--only", "typing"]) == 0
    assert capsys.readouterr().out.endswith("\n0 requests over their bounds\n")
    costs.reverse()
    assert main([str(tmp_path), "--only", "typing"]) == 1
    assert capsys.readouterr().out.endswith("\ntyping: no answer, ended by SIGSEGV\n1 requests over their bounds\n")


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
