"""Whole articles as JSON."""

from __future__ import annotations

import unicodedata

import falcon.testing
import msgspec
import pytest

from kb.web.articles_api import ArticleAnswer, normalised_id

from .asserts import assert_problem
from .fakes import FakeSearcher

Client = falcon.testing.TestClient


def test_an_id_is_found_in_whatever_form_its_accents_are_typed() -> None:
    assert {normalised_id(unicodedata.normalize(form, "café.md")) for form in ("NFC", "NFD")} == {"café.md"}


def test_an_answer_has_every_field_of_its_record(client: Client) -> None:
    article = client.simulate_get("/v1/articles/caffeine.html").json
    assert (*article, "part", "parts") == ArticleAnswer.__struct_fields__
    assert msgspec.convert(article, ArticleAnswer).url == "https://sport.example/caffeine"


def test_an_article_comes_whole(client: Client) -> None:
    article = client.simulate_get("/v1/articles/creatine.txt").json
    assert list(article) == [
        *("id", "title", "text", "html", "url", "site", "author", "published"),
        *("tags", "language", "summary", "format", "generation"),
    ]
    assert article["id"] == "creatine.txt"
    assert article["text"].endswith("Drink water with it.")
    assert article["generation"] == "gen-1"
    assert "<mark>" not in article["html"]


def test_the_words_of_a_query_are_marked_in_an_article(client: Client) -> None:
    article = client.simulate_get("/v1/articles/creatine.txt", params={"q": "dose"}).json
    assert "<mark>dose</mark>" in article["html"]
    assert "<mark>" not in article["text"]


@pytest.mark.parametrize("prefix", ["/v1/articles/", "/articles/"])
def test_an_id_with_any_characters_is_found(client: Client, searcher: FakeSearcher, prefix: str) -> None:
    path = prefix + "sleep/naps%20%26%20rest%3F.md"
    assert client.simulate_get(path).status_code == 200


def test_an_unknown_article_is_not_found(client: Client) -> None:
    for path in ("/v1/articles/none.txt", "/v1/articles/", "/v1/articles/../../etc/passwd", "/v1/articles/%00"):
        assert_problem(client.simulate_get(path), 404, "article_not_found")


def test_a_very_long_article_comes_with_its_whole_text_and_one_part_of_the_html(
    client: Client, searcher: FakeSearcher
) -> None:
    searcher.paragraphs_are_parts = True
    first, second = (client.simulate_get(f"/v1/articles/creatine.txt?q=water{part}").json for part in ("", "&part=2"))
    assert (first["part"], first["parts"]) == (1, 2)
    assert (second["part"], second["parts"]) == (2, 2)
    assert first["text"] == second["text"] == searcher.article("creatine.txt").text
    assert first["html"].startswith("<p>Creatine")
    assert second["html"] == "<p>Drink <mark>water</mark> with it.</p>"


@pytest.mark.parametrize("part", ["0", "-1", "two", "3", "1234567", ""])
def test_a_part_that_is_not_there_is_an_error(client: Client, searcher: FakeSearcher, part: str) -> None:
    searcher.paragraphs_are_parts = True
    answer = client.simulate_get(f"/v1/articles/creatine.txt?part={part}")
    assert_problem(answer, 400, "bad_request")
    assert answer.json["errors"][0]["parameter"] == "part"


def test_an_article_that_was_asked_for_before_is_not_made_again(client: Client, searcher: FakeSearcher) -> None:
    first, again = (client.simulate_get("/v1/articles/creatine.txt?q=dose") for _ in range(2))
    assert first.content == again.content
    assert len(searcher.viewed) == 1
    searcher.identity = "other content"
    client.simulate_get("/v1/articles/creatine.txt?q=dose")
    assert len(searcher.viewed) == 2
