"""The service put together from settings."""

from __future__ import annotations

from pathlib import Path

import falcon
import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.app import create_app, get_app, open_app
from kb.web.watchdog import Watchdog

from .asserts import assert_problem
from .fakes import FakeLive


def test_the_service_begins_without_an_index_and_says_so_when_asked(tmp_path: Path) -> None:
    client = falcon.testing.TestClient(open_app(Settings(index=str(tmp_path / "none"))))
    assert client.simulate_get("/healthz").status_code == 200
    assert_problem(client.simulate_get("/v1/search?q=tea"), 503, "no_index")


def test_gunicorn_gets_the_service_that_the_environment_describes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KB_BASE_URL", "https://tea.example")
    client = falcon.testing.TestClient(get_app())
    assert "https://tea.example/?q=" in client.simulate_get("/opensearch.xml").text


class Witness(Watchdog):
    """A watchdog that only writes down what it sees."""

    seen: tuple[str, ...] = ()

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        self.seen += (req.path,)


def test_a_watchdog_sees_requests_that_are_refused_too() -> None:
    witness = Witness(60)
    client = falcon.testing.TestClient(create_app(FakeLive(), Settings(), witness))
    assert client.simulate_get("/", headers={"Content-Length": "99999999"}).status_code == 413
    assert witness.seen == ("/",)
