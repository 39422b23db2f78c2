"""The addresses of our pages, and which other addresses a page may link to."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from kb.results import Hit, SearchRequest, Snippet
from kb.settings import Settings
from kb.web.addresses import (
    article_address,
    changed_address,
    external_address,
    hidden_fields,
    passage_address,
    search_address,
    title_address,
)
from kb.web.parameters import parse_leniently

REQUEST = SearchRequest(
    q='tea & "rest"', offset=20, sort="title", match="any", filters=(("site", ("A, B",)),), exact=True
)


def hit(url: str) -> Hit:
    facts: dict[str, Any] = dict.fromkeys(("site", "author", "published", "similar"))
    many: dict[str, Any] = dict.fromkeys(("tags", "matched", "snippets"), ())
    return Hit(id="a b.md", url=url, title="Tea", title_html="Tea", score=1.0, **facts, **many)


def test_the_page_understands_its_own_addresses() -> None:
    parameters = dict(parse_qsl(urlsplit(search_address(REQUEST)).query))
    assert parse_leniently(parameters, Settings()).request == REQUEST


def test_a_search_for_nothing_is_the_home_page() -> None:
    assert (
        search_address(SearchRequest()) == search_address(SearchRequest(snippets=3, mode="staff", typing=True)) == "/"
    )


def test_any_change_leads_to_the_first_page() -> None:
    assert changed_address(SearchRequest(q="tea", offset=20), sort="date") == "/?q=tea&sort=date"
    assert changed_address(SearchRequest(q="tea"), offset=20) == "/?q=tea&page=3"


def test_the_search_box_takes_along_all_but_the_query_the_page_and_exactness() -> None:
    assert hidden_fields(REQUEST) == {"sort": "title", "match": "any", "filter[site]": "A\\, B"}


def test_an_article_is_found_by_its_quoted_id_and_marked_by_the_query() -> None:
    assert article_address("a b.md") == "/articles/a%20b.md"
    assert article_address("a b.md", "naps & rest") == "/articles/a%20b.md?q=naps+%26+rest"


@pytest.mark.parametrize("url", ["https://tea.example/x", "http://tea.example"])
def test_a_title_leads_to_the_original(url: str) -> None:
    assert external_address(url) == title_address(hit(url), "tea") == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//tea.example",
        "/articles/x",
        "https:",
        "http://[::",
        "https://tea@evil.example",
        "",
        None,
    ],
)
def test_no_other_address_becomes_a_link(url: str | None) -> None:
    assert external_address(url) is None
    assert title_address(hit(url or ""), "tea") == "/articles/a%20b.md?q=tea"


@pytest.mark.parametrize("q", ["", "tea"])
def test_a_passage_without_a_fragment_leads_where_the_title_does(q: str) -> None:
    snippet = Snippet("Tea", "Tea", 0, 3, ())
    for url in ("https://tea.example/x", ""):
        assert passage_address(hit(url), snippet, q) == title_address(hit(url), q)


def test_a_passage_of_a_long_article_leads_to_its_part() -> None:
    snippet = Snippet("Tea", "Tea", 0, 3, (), fragment=":~:text=tea", part=3)
    assert passage_address(hit(""), snippet, "") == "/articles/a%20b.md?part=3#:~:text=tea"
    assert passage_address(hit(""), snippet, "tea") == "/articles/a%20b.md?q=tea&part=3#:~:text=tea"
    assert passage_address(hit("https://tea.example/x"), snippet, "tea") == "https://tea.example/x"
    assert article_address("a b.md", "tea", 2) == "/articles/a%20b.md?q=tea&part=2"
    assert article_address("a b.md", part=1) == "/articles/a%20b.md"
