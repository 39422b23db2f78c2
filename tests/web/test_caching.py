from __future__ import annotations

import falcon.testing
import pytest

from kb.web.caching import entity_tag

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
def test_what_depends_on_the_generation_may_be_kept_for_a_minute(client: Client, path: str) -> None:
    response = client.simulate_get(path)
    assert response.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
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
def test_a_new_generation_makes_a_new_tag(client: Client, searcher: FakeSearcher, path: str) -> None:
    old = client.simulate_get(path).headers["etag"]
    searcher.generation = "gen-2"
    response = client.simulate_get(path, headers={"If-None-Match": old})
    assert response.status_code == 200
    assert response.headers["etag"] != old


def test_requests_that_mean_the_same_have_one_tag(client: Client) -> None:
    spellings = ("q=dose&limit=10", "limit=10&q=dose", "q=dose", "q=%64ose", "q=dose&sort=relevance")
    tags = {client.simulate_get("/v1/search", query_string=text).headers["etag"] for text in spellings}
    assert len(tags) == 1


def test_different_requests_have_different_tags() -> None:
    requests = [{"q": "a"}, {"q": "b"}, {"q": "a", "sort": "date"}, {"q": "asort", "date": ""}, {"q": "a1:b"}, {}]
    tags = [entity_tag(generation, kind, one) for generation in "12" for kind in "xy" for one in requests]
    assert len(set(tags)) == len(tags)


def test_a_partial_answer_is_not_kept(client: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"partial": True}
    for path in ("/v1/search?q=dose", "/?q=dose"):
        response = client.simulate_get(path)
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers


def test_health_is_not_kept(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.simulate_get(path).headers["cache-control"] == "no-store"


def test_a_static_file_is_kept_for_ever_under_the_address_that_pages_use(client: Client, live: FakeLive) -> None:
    live.failure = RuntimeError("static files need no index")
    page = client.simulate_get("/nowhere", headers={"Accept": "text/html"}).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    response = client.simulate_get(address)
    assert response.headers["content-type"] == "text/css"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = client.simulate_get("/static/page.css")
    assert "immutable" not in plain.headers["cache-control"]
    again = client.simulate_get("/static/page.css", headers={"If-None-Match": plain.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "page.css/", "", "%00", "none.css"])
def test_nothing_but_the_static_files_is_served(client: Client, name: str) -> None:
    assert client.simulate_get(f"/static/{name}").status_code == 404
