"""The bodies of answers and their types."""

from __future__ import annotations

import falcon
import msgspec
import pytest

from kb.results import Suggestion
from kb.web.answers import JSON, SUGGESTIONS, encode, send_encoded, send_html, send_json


@pytest.fixture
def resp() -> falcon.Response:
    return falcon.Response()


@pytest.mark.parametrize("media_type", [JSON, SUGGESTIONS])
def test_a_record_is_sent_field_for_field(resp: falcon.Response, media_type: str) -> None:
    record = Suggestion("Tea", "title", "/articles/tea.md")
    send_json(resp, record, media_type)
    assert msgspec.json.decode(resp.data or b"", type=Suggestion) == record
    assert resp.content_type == media_type


def test_encoded_json_is_sent_as_it_is(resp: falcon.Response) -> None:
    body = encode({"b": 1, "a": "Ünï"})
    send_encoded(resp, body)
    assert (resp.data, resp.content_type) == ('{"b":1,"a":"Ünï"}'.encode(), "application/json")


def test_a_page_is_sent_whatever_characters_it_has(resp: falcon.Response) -> None:
    send_html(resp, "<p>Ünï\ud800</p>")
    assert (resp.data, resp.content_type) == ("<p>Ünï?</p>".encode(), "text/html; charset=utf-8")
