"""What was asked before is answered without a search, with nothing changed but the time that it took."""

from __future__ import annotations

from typing import Any

import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.answer_cache import ENTRY_OVERHEAD, MOST_SHARE, AnswerCache
from kb.web.app import create_app

from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient

BODY = b'{"text":"a \\"took_ms\\": 1","took_ms":12.5,"hits":[]}'
ROOM = len(BODY) - len("12.5") + ENTRY_OVERHEAD


@pytest.fixture
def caching(searcher: FakeSearcher) -> Client:
    return Client(create_app(FakeLive(searcher), Settings(answer_cache_mb=1)))


def without_time(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "took_ms"}


def test_the_same_search_is_answered_alike_without_searching_again(caching: Client, searcher: FakeSearcher) -> None:
    first = caching.simulate_get("/v1/search?q=dose&limit=10")
    again = caching.simulate_get("/v1/search?limit=10&q=dose&sort=relevance")
    assert len(searcher.asked) == 1
    assert list(again.json) == list(first.json)
    assert without_time(again) == without_time(first)
    for name in ("etag", "cache-control", "kb-generation", "content-type", "content-security-policy"):
        assert again.headers[name] == first.headers[name]


def test_the_time_is_that_of_this_answer(caching: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"took_ms": 400.0}
    took = [caching.simulate_get("/v1/search?q=dose").json["took_ms"] for _ in range(2)]
    assert took[0] == 400.0
    assert 0 <= took[1] < 100


def test_another_generation_or_another_request_is_searched_for(caching: Client, searcher: FakeSearcher) -> None:
    staff = "/v1/search?q=dose&mode=staff"
    for path in ("/v1/search?q=dose", "/v1/search?q=dose&limit=1", "/v1/search?q=nap", staff, f"{staff}&explain=true"):
        caching.simulate_get(path)
    searcher.generation, searcher.identity = "gen-2", "another"
    assert caching.simulate_get("/v1/search?q=dose").json["generation"] == "gen-2"
    assert len(searcher.asked) == 6


def test_a_partial_answer_is_searched_for_again(caching: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"partial": True}
    answers = [caching.simulate_get("/v1/search?q=dose") for _ in range(2)]
    assert len(searcher.asked) == 2
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


def test_with_no_room_nothing_is_cached(searcher: FakeSearcher) -> None:
    client = Client(create_app(FakeLive(searcher), Settings(answer_cache_mb=0)))
    for _ in range(2):
        client.simulate_get("/v1/search?q=dose")
    assert len(searcher.asked) == 2


def test_only_the_name_of_the_time_counts_not_a_text_that_looks_like_it() -> None:
    times = iter([3.0, 3.0025])
    cache = AnswerCache(ROOM, now=lambda: next(times))
    cache.put("a", BODY)
    assert cache.get("a") == BODY.replace(b"12.5", b"2.50")


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    cache = AnswerCache(2 * ROOM)
    for tag in "ab":
        cache.put(tag, BODY)
    assert cache.get("a")
    cache.put("c", BODY)
    assert [tag for tag in "abc" if cache.get(tag)] == ["a", "c"]


def test_an_answer_larger_than_all_the_room_is_not_cached() -> None:
    cache = AnswerCache(ROOM)
    cache.put("small", BODY)
    cache.put("large", BODY.replace(b"[]", b"[%s]" % (b"1," * 1000 + b"1")))
    assert cache.get("large") is None
    assert cache.get("small")


def test_a_page_is_given_again_as_it_is() -> None:
    cache = AnswerCache(MOST_SHARE * 2 * ROOM)
    cache.put_page("page", BODY)
    assert cache.get("page") == BODY


def test_a_page_that_would_drive_out_all_others_is_not_kept() -> None:
    cache = AnswerCache(MOST_SHARE * (ENTRY_OVERHEAD + 100))
    cache.put_page("large", b"x" * 101)
    cache.put_page("small", b"x" * 100)
    assert cache.get("large") is None
    assert cache.get("small")
