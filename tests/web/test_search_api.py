from __future__ import annotations

import falcon.testing
import msgspec
import pytest

from kb.errors import IndexDamaged, NoIndex
from kb.results import Hit, ResultPage, SearchRequest
from kb.search.page_json import encode_page
from kb.web.search_api import SuggestAnswer

from .asserts import assert_problem
from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient


def test_an_answer_is_the_result_page_field_for_field(client: Client, searcher: FakeSearcher) -> None:
    response = client.simulate_get("/v1/search", params={"q": "dose", "limit": "1"})

    expected = msgspec.json.decode(encode_page(searcher.answer(SearchRequest(q="dose", limit=1))))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json == expected
    assert list(response.json) == list(expected) == [f.encode_name for f in msgspec.structs.fields(ResultPage)]


def test_the_generation_is_in_the_body_and_in_a_header(client: Client) -> None:
    response = client.simulate_get("/v1/search", params={"q": "dose"})
    assert response.json["generation"] == response.headers["kb-generation"] == "gen-1"


def test_the_parameters_reach_the_searcher_as_a_request(client: Client, searcher: FakeSearcher) -> None:
    client.simulate_get("/v1/search", query_string="q=tea%20%22at%20noon%22&sort=-date&filter%5Bsite%5D=a.example")
    request = searcher.asked[-1]
    assert (request.q, request.sort) == ('tea "at noon"', "-date")
    assert request.filters == (("site", ("a.example",)),)


@pytest.mark.parametrize(
    "q",
    ["", "   ", '"', "((((", "a AND OR", "-", "%00", "%01%02", "%F0%9F%8D%B5", "%FF%FE", "%ED%A0%80", "<script>", "%"],
)
def test_no_query_within_the_length_is_refused(client: Client, q: str) -> None:
    for path in ("/v1/search", "/v1/suggest", "/", "/v1/articles/creatine.txt", "/articles/creatine.txt"):
        assert client.simulate_get(path, query_string=f"q={q}").status_code == 200


def test_a_query_over_the_length_is_refused_with_the_parameter_named(client: Client) -> None:
    for path in ("/v1/search", "/v1/suggest", "/v1/articles/creatine.txt"):
        response = client.simulate_get(path, params={"q": "x" * 65})
        problem = assert_problem(response, 400, response.json["code"])
        assert problem["errors"][0]["parameter"] == "q"


def test_a_repeated_parameter_is_refused(client: Client) -> None:
    for path in ("/v1/search", "/v1/suggest", "/v1/articles/creatine.txt"):
        problem = assert_problem(client.simulate_get(path, query_string="q=a&q=b"), 400, "repeated_parameter")
        assert problem["errors"][0]["parameter"] == "q"


def test_an_unknown_parameter_is_refused(client: Client) -> None:
    for path in ("/v1/search", "/v1/suggest", "/v1/articles/creatine.txt"):
        problem = assert_problem(client.simulate_get(path, params={"colour": "red"}), 400, "unknown_parameter")
        assert problem["errors"][0]["parameter"] == "colour"


def test_a_value_out_of_bounds_names_its_parameter(client: Client) -> None:
    response = client.simulate_get("/v1/search", params={"q": "a", "limit": "many"})
    assert assert_problem(response, 400, response.json["code"])["errors"][0]["parameter"] == "limit"


def test_only_staff_can_ask_for_explanations(client: Client, searcher: FakeSearcher) -> None:
    response = client.simulate_get("/v1/search", params={"q": "dose", "explain": "true"})
    (error,) = assert_problem(response, 400, "bad_request")["errors"]
    assert (error["parameter"], "mode=staff" in error["detail"]) == ("explain", True)
    assert client.simulate_get("/v1/search?q=dose&explain=true&mode=staff").status_code == 200
    assert searcher.asked[-1].explain


def test_hits_have_every_key_but_that_of_an_explanation_nobody_asked_for(client: Client) -> None:
    (hit, *_) = client.simulate_get("/v1/search", params={"q": "dose"}).json["hits"]
    assert list(hit) == [f.encode_name for f in msgspec.structs.fields(Hit) if f.name != "explanation"]


@pytest.mark.parametrize("path", ["/v1/search", "/v1/suggest", "/v1/articles/creatine.txt"])
@pytest.mark.parametrize("failure", [NoIndex("index: nothing published"), IndexDamaged("gen-1: a checksum differs")])
def test_without_an_index_the_answer_is_503_and_says_when_to_come_back(
    client: Client, live: FakeLive, path: str, failure: Exception
) -> None:
    live.failure = failure
    problem = assert_problem(client.simulate_get(path), 503, failure.code)  # type: ignore[attr-defined]
    assert str(failure) not in problem["detail"]


def test_other_sites_may_read_the_api(client: Client) -> None:
    assert client.simulate_get("/v1/search", params={"q": "a"}).headers["access-control-allow-origin"] == "*"
    assert client.simulate_get("/v1/search", params={"x": "a"}).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.simulate_get("/").headers
    asked = client.simulate_options("/v1/search", headers={"Origin": "https://other.example"})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD"


# Suggestions


def test_suggestions_come_in_our_own_shape(client: Client) -> None:
    response = client.simulate_get("/v1/suggest", params={"q": "caf"})
    assert response.headers["content-type"] == "application/json"
    assert (*response.json, "partial") == SuggestAnswer.__struct_fields__
    assert response.json == {
        "query": "caf",
        "generation": "gen-1",
        "suggestions": [{"text": "Caffeine", "kind": "title", "url": "/articles/caffeine.html"}],
    }


@pytest.mark.parametrize(
    ("query", "headers"),
    [("q=caf&format=opensearch", {}), ("q=caf", {"Accept": "application/x-suggestions+json, application/json;q=0.5"})],
)
def test_suggestions_come_as_four_lists_for_browsers(client: Client, query: str, headers: dict[str, str]) -> None:
    response = client.simulate_get("/v1/suggest", query_string=query, headers=headers)
    assert response.headers["content-type"] == "application/x-suggestions+json"
    assert response.json == ["caf", ["Caffeine"], ["Article"], ["http://falconframework.org/articles/caffeine.html"]]
    assert "Accept" in response.headers["vary"]


def test_an_unknown_format_of_suggestions_is_refused(client: Client) -> None:
    response = client.simulate_get("/v1/suggest", params={"q": "a", "format": "xml"})
    assert assert_problem(response, 400, "bad_request")["errors"][0]["parameter"] == "format"


def test_suggestions_that_there_was_no_time_for_are_said_to_be_left_out(client: Client, searcher: FakeSearcher) -> None:
    searcher.is_out_of_time = True
    response = client.simulate_get("/v1/suggest", params={"q": "caf"})
    assert response.json["partial"] is True
    assert response.headers["cache-control"] == "no-store"
