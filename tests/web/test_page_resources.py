"""How the pages ask for what they show, and what crawlers may read."""

from __future__ import annotations

import falcon.testing

from kb.results import Total
from kb.web.page_resources import SNIPPET_CHARS, SNIPPETS
from kb.web.pages import FACET_LABELS

from .fakes import FakeSearcher

Client = falcon.testing.TestClient


def test_a_results_page_asks_for_passages_and_facets_and_nothing_else(client: Client, searcher: FakeSearcher) -> None:
    client.simulate_get("/?q=dose&facets=author&snippets=5&limit=3")
    (request,) = searcher.asked
    assert (request.snippets, request.snippet_chars) == (SNIPPETS, SNIPPET_CHARS)
    assert (request.facets, request.limit, request.mode) == (tuple(FACET_LABELS), 10, "visitor")


def test_a_refused_query_is_not_searched_for_and_not_stored(client: Client, searcher: FakeSearcher) -> None:
    response = client.simulate_get("/", params={"q": "x" * 1000})
    assert (response.status_code, response.headers["cache-control"]) == (400, "no-store")
    assert searcher.asked == []


def test_a_partial_page_is_not_stored(client: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"partial": True, "total": Total(2, "gte")}
    response = client.simulate_get("/?q=dose")
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_pages_that_say_different_things_about_a_request_have_different_tags(client: Client) -> None:
    paths = ("/?q=dose", "/?q=dose&sort=up", "/?q=dose&sort=down", "/?q=dose&utm_source=x")
    tags = [client.simulate_get(path).headers["etag"] for path in paths]
    assert len(set(tags)) == 3
    assert tags[0] == tags[3]


def test_crawlers_may_read_articles_but_not_lists_of_results(client: Client) -> None:
    lines = client.simulate_get("/robots.txt").text.splitlines()
    assert lines == ["User-agent: *", "Disallow: /v1/", "Disallow: /?"]
