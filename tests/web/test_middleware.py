"""What every request is measured by, and what every answer says to browsers."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import falcon
import falcon.testing
import pytest

from kb.web.middleware import DATA_CSP, HEADERS, MAX_BODY_BYTES, METHODS, PAGE_CSP, RequestLimits, SecurityHeaders


class Sample:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.status = int(req.params.get("status", "200"))
        if resp.status != 304:
            resp.content_type = req.params.get("type", "application/json")


@pytest.fixture
def sample() -> falcon.testing.TestClient:
    app: falcon.App[Any, Any] = falcon.App(middleware=[RequestLimits(), SecurityHeaders()])
    app.add_route("/v1/sample", Sample())
    app.add_route("/sample", Sample())
    return falcon.testing.TestClient(app)


@pytest.mark.parametrize(("size", "status"), [(0, 200), (MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)])
def test_a_body_has_a_limit(sample: falcon.testing.TestClient, size: int, status: int) -> None:
    assert sample.simulate_get("/sample", headers={"Content-Length": str(size)}).status_code == status


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
def test_a_method_that_nobody_knows_is_answered_with_those_that_there_are(sample: falcon.testing.TestClient) -> None:
    response = sample.simulate_request("BREW", "/sample")
    assert response.status_code == 405
    assert response.headers["allow"].split(", ") == list(METHODS)


@pytest.mark.parametrize(
    ("query", "policy"),
    [
        ("type=text/html", PAGE_CSP),
        ("type=application/json", DATA_CSP),
        ("type=text/html&status=404", PAGE_CSP),
        ("status=304", None),
    ],
)
def test_pages_and_data_have_policies_and_a_304_leaves_that_of_the_page(
    sample: falcon.testing.TestClient, query: str, policy: str | None
) -> None:
    response = sample.simulate_get("/sample", query_string=query)
    assert response.headers.get("content-security-policy") == policy
    headers = {name.lower(): value for name, value in HEADERS.items()} | {"cross-origin-resource-policy": ANY}
    assert response.headers.items() >= headers.items()


@pytest.mark.parametrize(("path", "origin"), [("/v1/sample", "*"), ("/v1/none", "*"), ("/sample", None)])
def test_only_the_api_is_open_to_other_sites(sample: falcon.testing.TestClient, path: str, origin: str | None) -> None:
    headers = sample.simulate_get(path).headers
    assert headers.get("access-control-allow-origin") == origin
    assert headers["cross-origin-resource-policy"] == ("cross-origin" if origin else "same-origin")
    allowed = sample.simulate_options(path).headers.get("access-control-allow-methods")
    assert allowed == ("GET, HEAD" if origin else None)
