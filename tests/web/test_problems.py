from __future__ import annotations

import logging

import falcon.testing
import pytest

from kb.errors import IndexDamaged, KbError, NoIndex, QuerySyntaxError
from kb.web.problems import STATUSES, describe

from .asserts import BROWSER, assert_problem, page_of, words_of
from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient

ROUTES = [
    *("/v1/search", "/v1/suggest", "/v1/articles/creatine.txt", "/healthz", "/readyz", "/opensearch.xml", "/"),
    *("/articles/creatine.txt", "/static/page.css", "/favicon.svg", "/robots.txt"),
]


def every_error(kind: type[KbError]) -> list[type[KbError]]:
    return [kind, *(error for child in kind.__subclasses__() for error in every_error(child))]


def test_the_table_gives_every_error_of_ours_the_status_of_its_nearest_ancestor() -> None:
    for kind in every_error(KbError):
        row = next(row for row in STATUSES if issubclass(kind, row.kind))
        nearest = next(base for base in kind.__mro__ if base in {row.kind for row in STATUSES})
        assert row.kind is nearest


def test_the_position_of_a_syntax_error_is_passed_on() -> None:
    problem = describe(QuerySyntaxError(7, "a closing parenthesis"), "/v1/search")
    assert problem.status == 400
    assert problem.errors[0].position == 7  # type: ignore[union-attr,index]


@pytest.mark.parametrize("path", ["/nope", "/v1", "/v1/", "/v1/nope", "/static", "/admin/x", "/index.php"])
def test_an_unknown_path_is_not_found(client: Client, path: str) -> None:
    assert_problem(client.simulate_get(path), 404, "not_found")


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")  # the test client's own remark
@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW"])
def test_another_method_is_refused_and_the_right_ones_are_named(client: Client, path: str, method: str) -> None:
    response = client.simulate_request(method, path)
    assert_problem(response, 405, "method_not_allowed")
    assert {"GET", "HEAD"} <= set(response.headers["allow"].split(", "))


@pytest.mark.parametrize("path", ROUTES)
def test_head_gives_the_headers_of_get(client: Client, path: str) -> None:
    head, get = client.simulate_head(path), client.simulate_get(path)
    assert head.status_code == get.status_code == 200
    assert head.content == b""
    assert head.headers == get.headers


def test_a_large_body_is_refused_before_it_is_read(client: Client) -> None:
    headers = {"Content-Length": str(64 * 1024 + 1)}
    assert_problem(client.simulate_get("/v1/search", headers=headers), 413, "content_too_large")


def test_a_small_body_is_ignored(client: Client) -> None:
    assert client.simulate_get("/v1/search?q=dose", body="[" * 1000).json["total"]["value"] == 2


def test_a_surprise_is_500_with_an_id_that_the_log_has_too(
    client: Client, searcher: FakeSearcher, caplog: pytest.LogCaptureFixture
) -> None:
    searcher.failure = ValueError("a secret of the inside")
    with caplog.at_level(logging.ERROR):
        response = client.simulate_get("/v1/search", params={"q": "dose"})
    problem = assert_problem(response, 500, "internal_error")
    assert problem["id"] in problem["detail"]
    assert problem["id"] in caplog.text
    assert "a secret of the inside" in caplog.text
    assert "secret" not in response.text
    assert "kb-generation" not in response.headers


@pytest.mark.parametrize("path", ["/nope", "/articles/none.txt", "/?q=dose"])
def test_a_browser_gets_a_page_of_the_same_content(client: Client, searcher: FakeSearcher, path: str) -> None:
    searcher.failure = ValueError("secret")
    plain = client.simulate_get(path)
    response = client.simulate_get(path, headers=BROWSER)
    page = page_of(response)
    assert response.status_code == plain.status_code >= 400
    assert plain.json["title"] in words_of(page)
    assert plain.json["code"] in words_of(page)
    assert response.headers["cache-control"] == "no-store"
    assert "Accept" in response.headers["vary"]
    assert "secret" not in response.text


def test_a_browser_gets_problems_from_the_api_as_json(client: Client) -> None:
    assert_problem(client.simulate_get("/v1/nope", headers=BROWSER), 404, "not_found")


def test_the_page_says_so_when_there_is_no_index_yet(client: Client, live: FakeLive) -> None:
    live.failure = NoIndex("/var/lib/kb/index: nothing published")
    response = client.simulate_get("/", headers=BROWSER)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert "try again" in words_of(page_of(response))
    assert "/var/lib" not in response.text


@pytest.mark.parametrize(
    ("failure", "suspected"),
    [(IndexError("no such posting"), 1), (IndexDamaged("a file is damaged"), 1), (NoIndex("nothing published"), 0)],
)
def test_after_a_failure_that_damage_may_have_caused_the_files_are_looked_over(
    client: Client, live: FakeLive, failure: Exception, suspected: int
) -> None:
    live.failure = failure
    assert client.simulate_get("/v1/search?q=tea").status_code in (500, 503)
    assert live.suspected == suspected
    live.failure = None
    assert client.simulate_get("/v1/search?q=tea").status_code == 200
    assert client.simulate_get("/v1/search?limit=x").status_code == 400
    assert live.suspected == suspected
