from __future__ import annotations

import falcon.testing
import pytest

from kb.errors import NoIndex
from kb.web.health import PROBE

from .asserts import assert_problem
from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient


def test_the_process_is_alive_without_an_index(client: Client, live: FakeLive) -> None:
    live.failure = NoIndex("nothing published")
    assert client.simulate_get("/healthz").json == {"status": "alive"}


def test_ready_means_that_a_probe_search_was_answered(client: Client, searcher: FakeSearcher) -> None:
    response = client.simulate_get("/readyz")
    assert response.json == {"status": "ready", "generation": "gen-1", "articles": 3}
    assert searcher.asked == [PROBE]


def test_not_ready_says_why(client: Client, live: FakeLive) -> None:
    live.failure = NoIndex("index: nothing has been published there")
    problem = assert_problem(client.simulate_get("/readyz"), 503, "no_index")
    assert problem["detail"] == "index: nothing has been published there"


def test_a_probe_that_fails_unexpectedly_is_not_ready_either(
    client: Client, searcher: FakeSearcher, caplog: pytest.LogCaptureFixture
) -> None:
    searcher.failure = OSError("disk on fire")
    problem = assert_problem(client.simulate_get("/readyz"), 503, "not_ready")
    assert "OSError" in problem["detail"]
    assert "disk on fire" not in problem["detail"]
    assert "disk on fire" in caplog.text
