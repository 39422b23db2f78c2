"""What a browser needs to know to search here from its own search box."""

from __future__ import annotations

import falcon.testing
from lxml import etree

from kb.results import Suggestion
from kb.settings import Settings
from kb.web.app import create_app
from kb.web.opensearch import suggestions_array

from .asserts import BROWSER, assert_problem
from .fakes import FakeLive

Client = falcon.testing.TestClient


def test_suggestions_are_lists_in_step() -> None:
    suggestions = [Suggestion("Tea", "title", "/articles/tea.md"), Suggestion("teapot", "word", "/?q=teapot")]
    assert suggestions_array("te", suggestions, "https://kb.example/kb") == [
        "te",
        ["Tea", "teapot"],
        ["Article", ""],
        ["https://kb.example/articles/tea.md", "https://kb.example/?q=teapot"],
    ]
    assert suggestions_array("te", suggestions, None) == ["te", ["Tea", "teapot"], ["Article", ""]]


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


def test_without_a_base_url_the_description_uses_the_address_that_was_asked_if_it_is_allowed(client: Client) -> None:
    response = client.simulate_get("/opensearch.xml", host="KB.test")
    assert "http://kb.test/?q={searchTerms}" in response.text
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["vary"] == "Host"


def test_no_address_is_made_of_a_host_that_is_not_allowed(client: Client) -> None:
    problem = assert_problem(client.simulate_get("/opensearch.xml", host="evil.test"), 421, "misdirected_request")
    assert "base_url" in problem["detail"]
    assert "allowed_hosts" in problem["detail"]
    suggestions = client.simulate_get("/v1/suggest?q=caf&format=opensearch", host="evil.test")
    assert suggestions.json == ["caf", ["Caffeine"], ["Article"]]
    for path in ("/", "/?q=dose", "/articles/caffeine.html", "/articles/none"):
        page = client.simulate_get(path, host="evil.test", headers=BROWSER)
        assert page.status_code in (200, 404)
        assert "opensearch.xml" not in page.text
        assert "evil.test" not in page.text
