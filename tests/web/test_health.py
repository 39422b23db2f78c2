from __future__ import annotations

import falcon.testing
import pytest
from lxml import etree

from kb.errors import NoIndex
from kb.settings import Settings
from kb.web.app import create_app

from .asserts import assert_problem
from .fakes import FakeLive, FakeSearcher

Client = falcon.testing.TestClient


def test_the_process_is_alive_without_an_index(client: Client, live: FakeLive) -> None:
    live.failure = NoIndex("nothing published")
    assert client.simulate_get("/healthz").json == {"status": "alive"}


def test_ready_means_that_a_probe_search_was_answered(client: Client, searcher: FakeSearcher) -> None:
    response = client.simulate_get("/readyz")
    assert response.json == {"status": "ready", "generation": "gen-1", "articles": 3}
    assert len(searcher.asked) == 1


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


def test_crawlers_may_read_articles_but_not_lists_of_results(client: Client) -> None:
    lines = client.simulate_get("/robots.txt").text.splitlines()
    assert lines == ["User-agent: *", "Disallow: /v1/", "Disallow: /?"]


def test_a_browser_can_add_the_site_to_its_search_box(live: FakeLive) -> None:
    settings = Settings(site_name="A <very> long & winding name of a site", base_url="https://kb.example/")
    client = Client(create_app(live, settings))
    response = client.simulate_get("/opensearch.xml")
    assert response.headers["content-type"] == "application/opensearchdescription+xml"

    root = etree.fromstring(response.content)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert len(root.findtext(space + "ShortName")) <= 16
    assert root.findtext(space + "LongName") == settings.site_name
    urls = {(url.get("type"), url.get("rel")): url.get("template") for url in root.iter(space + "Url")}
    assert urls == {
        ("text/html", None): "https://kb.example/?q={searchTerms}",
        ("application/x-suggestions+json", "suggestions"): (
            "https://kb.example/v1/suggest?q={searchTerms}&format=opensearch"
        ),
        ("application/opensearchdescription+xml", "self"): "https://kb.example/opensearch.xml",
    }


def test_without_a_base_url_the_description_uses_the_address_that_was_asked(client: Client) -> None:
    response = client.simulate_get("/opensearch.xml", host="kb.test")
    assert "http://kb.test/?q={searchTerms}" in response.text
