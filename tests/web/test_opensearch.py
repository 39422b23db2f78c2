"""What a browser needs to know to search here from its own search box."""

from __future__ import annotations

import falcon.testing
import pytest
from lxml import etree

from kb.results import Suggestion
from kb.settings import Settings
from kb.web.app import create_app
from kb.web.opensearch import base_address, suggestions_array

from .fakes import FakeLive

Client = falcon.testing.TestClient


@pytest.mark.parametrize(
    ("base_url", "expected"), [("", "http://kb.test:8000"), ("https://kb.example/", "https://kb.example")]
)
def test_the_public_address_is_that_of_the_settings_or_of_the_request(base_url: str, expected: str) -> None:
    request = falcon.testing.create_req(host="kb.test", port=8000)
    assert base_address(request, Settings(base_url=base_url)) == expected


def test_suggestions_are_lists_in_step() -> None:
    suggestions = [Suggestion("Tea", "title", "/articles/tea.md"), Suggestion("teapot", "word", "/?q=teapot")]
    assert suggestions_array("te", suggestions, "https://kb.example/kb") == [
        "te",
        ["Tea", "teapot"],
        ["Article", ""],
        ["https://kb.example/articles/tea.md", "https://kb.example/?q=teapot"],
    ]


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
