"""What every error must look like, and what a page holds when a parser reads it."""

from __future__ import annotations

from typing import Any

import falcon.testing
from lxml import html

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def assert_problem(response: falcon.testing.Result, status: int, code: str) -> dict[str, Any]:
    """The body of an error answer, which has our one shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    problem: dict[str, Any] = response.json
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"].startswith("/")
    assert set(problem) <= {"type", "title", "status", "detail", "instance", "code", "errors", "id"}
    for error in problem.get("errors", ()):
        assert error["parameter"]
        assert error["detail"]
    assert "Traceback" not in response.text
    if status == 503:
        assert int(response.headers["retry-after"]) > 0
    return problem


def page_of(response: falcon.testing.Result) -> html.HtmlElement:
    """The parsed page of an answer."""
    assert response.headers["content-type"].startswith("text/html"), response.text[:200]
    return html.document_fromstring(response.text)


def words_of(node: html.HtmlElement) -> str:
    """The text of an element with every stretch of white space as one blank."""
    return " ".join(node.text_content().split())
