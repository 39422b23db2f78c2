from __future__ import annotations

import falcon
import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.app import create_app
from kb.web.caching import IMMUTABLE, SHORT_LIVED, entity_tag, forbid_storing, is_not_modified, make_cacheable

from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient

DEPENDENT = [
    "/v1/search?q=dose",
    "/v1/suggest?q=c",
    "/v1/suggest?q=c&format=opensearch",
    "/v1/articles/creatine.txt?q=dose",
    "/",
    "/?q=dose",
    "/articles/creatine.txt?q=dose",
]


@pytest.mark.parametrize("path", DEPENDENT)
def test_what_depends_on_the_generation_may_be_shown_for_less_than_a_minute_more(client: Client, path: str) -> None:
    response = client.simulate_get(path)
    if "opensearch" in path:
        assert response.headers["cache-control"] == "private, no-cache"
    else:
        assert response.headers["cache-control"] == "public, max-age=30, stale-while-revalidate=10"
    assert response.headers["etag"].startswith('W/"')
    assert response.headers["kb-generation"] == "gen-1"


@pytest.mark.parametrize("path", DEPENDENT)
def test_a_client_that_has_the_answer_is_told_so(client: Client, path: str) -> None:
    tag = client.simulate_get(path).headers["etag"]
    response = client.simulate_get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["etag"] == tag
    assert response.headers["cache-control"].startswith(("public, max-age=", "private, no-cache"))
    assert "content-security-policy" not in response.headers


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "public, no-cache"),
        (1, "public, max-age=0, stale-while-revalidate=1"),
        (40, "public, max-age=30, stale-while-revalidate=10"),
        (3600, "public, max-age=2700, stale-while-revalidate=900"),
    ],
)
def test_how_long_answers_may_be_shown_after_a_change_is_a_setting(live: FakeLive, seconds: int, expected: str) -> None:
    client = Client(create_app(live, Settings(cache_seconds=seconds)))
    for path in ("/v1/search?q=dose", "/", "/articles/caffeine.html", "/robots.txt", "/favicon.svg"):
        assert client.simulate_get(path).headers["cache-control"] == expected


def test_by_default_a_withdrawn_article_is_gone_from_every_cache_within_a_minute() -> None:
    assert Settings().cache_seconds <= 50


def test_what_says_itself_how_long_it_may_be_shown_is_left_as_it_is(client: Client) -> None:
    assert client.simulate_get("/healthz").headers["cache-control"] == "no-store"
    style = next(part for part in client.simulate_get("/").text.split('"') if part.startswith("/static/page.css?v="))
    assert client.simulate_get(style).headers["cache-control"] == ", ".join(IMMUTABLE)


def test_a_304_costs_no_search(client: Client, searcher: FakeSearcher) -> None:
    for path in ("/v1/search?q=dose", "/?q=dose"):
        tag = client.simulate_get(path).headers["etag"]
        before = len(searcher.asked)
        client.simulate_get(path, headers={"If-None-Match": tag})
        assert len(searcher.asked) == before


@pytest.mark.parametrize("path", DEPENDENT)
def test_new_content_makes_a_new_tag(client: Client, searcher: FakeSearcher, path: str) -> None:
    old = client.simulate_get(path).headers["etag"]
    searcher.identity = "another"
    response = client.simulate_get(path, headers={"If-None-Match": old})
    assert response.status_code == 200
    assert response.headers["etag"] != old


@pytest.mark.parametrize("path", DEPENDENT)
def test_a_new_name_of_the_same_content_makes_no_new_tag(client: Client, searcher: FakeSearcher, path: str) -> None:
    old = client.simulate_get(path).headers["etag"]
    searcher.generation = "gen-2"
    response = client.simulate_get(path, headers={"If-None-Match": old})
    assert (response.status_code, response.headers["kb-generation"]) == (304, "gen-2")


def test_requests_that_mean_the_same_have_one_tag(client: Client) -> None:
    spellings = ("q=dose&limit=10", "limit=10&q=dose", "q=dose", "q=%64ose", "q=dose&sort=relevance")
    tags = {client.simulate_get("/v1/search", query_string=text).headers["etag"] for text in spellings}
    assert len(tags) == 1


@pytest.mark.parametrize(
    ("given", "matches"),
    [
        (None, False),
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('"b"', False),
        ('W/"A"', False),
    ],
)
def test_tags_are_compared_weakly(given: str | None, matches: bool) -> None:
    req = falcon.testing.create_req(headers={"If-None-Match": given} if given else {})
    resp = falcon.Response()
    assert is_not_modified(req, resp, 'W/"a"') == matches
    assert (resp.status == falcon.HTTP_304) == matches


def test_an_incomplete_answer_loses_its_tag() -> None:
    resp = falcon.Response()
    make_cacheable(resp, "gen-1", 'W/"a"')
    assert (resp.etag, resp.cache_control) == ('W/"a"', ", ".join(SHORT_LIVED))
    forbid_storing(resp)
    assert (resp.etag, resp.cache_control) == (None, "no-store")


def test_different_requests_have_different_tags() -> None:
    requests = [{"q": "a"}, {"q": "b"}, {"q": "a", "sort": "date"}, {"q": "asort", "date": ""}, {"q": "a1:b"}, {}]
    tags = [entity_tag(identity, kind, request) for identity in "12" for kind in "xy" for request in requests]
    assert len(set(tags)) == len(tags)


def test_a_partial_answer_is_not_stored(client: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"partial": True}
    for path in ("/v1/search?q=dose", "/?q=dose"):
        response = client.simulate_get(path)
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers


def test_health_is_not_stored(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.simulate_get(path).headers["cache-control"] == "no-store"
