from __future__ import annotations

import falcon
import falcon.testing
import pytest

from kb.web.caching import SHORT_LIVED, entity_tag, forbid_storing, is_not_modified, make_cacheable

from .fakes import FakeSearcher

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
def test_what_depends_on_the_generation_is_fresh_for_a_minute(client: Client, path: str) -> None:
    response = client.simulate_get(path)
    assert response.headers["cache-control"] == ", ".join(SHORT_LIVED)
    assert response.headers["etag"].startswith('W/"')
    assert response.headers["kb-generation"] == "gen-1"


@pytest.mark.parametrize("path", DEPENDENT)
def test_a_client_that_has_the_answer_is_told_so(client: Client, path: str) -> None:
    tag = client.simulate_get(path).headers["etag"]
    response = client.simulate_get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["etag"] == tag
    assert response.headers["cache-control"].startswith("public")
    assert "content-security-policy" not in response.headers


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
