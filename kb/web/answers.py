"""Bodies of responses: records as JSON, pages as HTML."""

from __future__ import annotations

from typing import Any

import falcon
import msgspec

JSON = "application/json"
PROBLEM = "application/problem+json"
SUGGESTIONS = "application/x-suggestions+json"

encode = msgspec.json.Encoder().encode
"""JSON of a record, field for field."""


def send_json(resp: falcon.Response, record: Any, media_type: str = JSON) -> None:
    """Send a record as JSON, field for field."""
    send_encoded(resp, encode(record), media_type)


def send_encoded(resp: falcon.Response, body: bytes, media_type: str = JSON) -> None:
    """Send an encoded body."""
    resp.data = body
    resp.content_type = media_type


def send_html(resp: falcon.Response, html: str) -> None:
    """Send a page."""
    send_encoded(resp, encode_html(html), falcon.MEDIA_HTML)


def encode_html(html: str) -> bytes:
    """A page in UTF-8."""
    # A lone surrogate can come from an odd file name; it must not fail the page that shows it.
    return html.encode("utf-8", "replace")
