from __future__ import annotations

from pathlib import Path

import falcon.testing
import pytest

from kb.errors import NoIndex
from kb.settings import Settings
from kb.storage.watch_state import WatchJournal
from kb.web.app import create_app
from kb.web.health import PROBE

from .asserts import assert_problem
from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient


def test_the_process_is_alive_without_an_index(client: Client, live: FakeLive) -> None:
    live.failure = NoIndex("nothing published")
    assert client.simulate_get("/healthz").json == {"status": "alive"}


def test_ready_means_that_a_probe_search_was_answered(client: Client, searcher: FakeSearcher) -> None:
    response = client.simulate_get("/readyz")
    freshness = {
        "state": "none",
        "mode": "",
        "sign_seconds_ago": None,
        "build_seconds_ago": None,
        "failure": None,
    }
    assert response.json == {"status": "ready", "generation": "gen-1", "articles": 3, "watcher": freshness}
    assert searcher.asked == [PROBE]


def test_ready_tells_what_the_watcher_does(live: FakeLive, tmp_path: Path) -> None:
    journal = WatchJournal(tmp_path)
    journal.failed("bad_corpus", f"the corpus {tmp_path} is missing")
    client = falcon.testing.TestClient(create_app(live, Settings(index=str(tmp_path))))
    response = client.simulate_get("/readyz")
    assert response.status_code == 200
    assert response.json["watcher"]["state"] == "failing"
    assert response.json["watcher"]["failure"] == {"code": "bad_corpus", "seconds_ago": 0}
    assert str(tmp_path) not in response.text


def test_not_ready_says_why_and_not_where_the_index_lies(
    client: Client, live: FakeLive, caplog: pytest.LogCaptureFixture
) -> None:
    live.failure = NoIndex("nothing has been published in /home/desk/index")
    problem = assert_problem(client.simulate_get("/readyz"), 503, "no_index")
    assert "cannot be searched at the moment" in problem["detail"]
    assert "/home/desk" not in str(problem)
    assert "not ready: nothing has been published in /home/desk/index" in caplog.text


def test_a_probe_that_fails_unexpectedly_is_not_ready_either(
    client: Client, searcher: FakeSearcher, caplog: pytest.LogCaptureFixture
) -> None:
    searcher.failure = OSError("disk on fire")
    problem = assert_problem(client.simulate_get("/readyz"), 503, "not_ready")
    assert "OSError" in problem["detail"]
    assert "disk on fire" not in problem["detail"]
    assert "disk on fire" in caplog.text
