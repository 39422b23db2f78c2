"""Errors over HTTP: problem details (RFC 9457) as JSON, or as a page for browsers.

Handled are the errors of `kb.errors`, by the table of statuses; Falcon's own (404, 405, 413, ...); and unexpected
exceptions, answered with an id that is also logged and with nothing about the cause.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any, NamedTuple
from urllib.parse import quote

import falcon
import msgspec

from kb.errors import ArticleNotFound, IndexFailure, KbError, QuerySyntaxError, RequestError
from kb.web.answers import PROBLEM, send_html, send_json
from kb.web.hosts import PublicAddress
from kb.web.rendering import Templates


class ErrorStatus(NamedTuple):
    """Status of a class of errors, and the public detail in case the error's text is meant for the operator."""

    kind: type[KbError]
    status: int
    public_detail: str | None = None


STATUSES = (
    ErrorStatus(RequestError, 400),
    ErrorStatus(ArticleNotFound, 404, "There is no article of that name here."),
    ErrorStatus(IndexFailure, 503, "The articles cannot be searched at the moment. Please try again in a minute."),
    ErrorStatus(KbError, 500, "The request failed because of how the service is set up."),
)
"""Statuses of the errors of `kb.errors`; the first row with a matching class applies."""

RETRY_AFTER_SECONDS = "10"

_DATA_PATHS = ("/v1/", "/static/", "/healthz", "/readyz", "/opensearch.xml", "/robots.txt", "/favicon.svg")
"""Prefixes of paths without pages: errors are JSON whatever the client accepts."""

_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address can only be read: use GET or HEAD.",
}
"""Details for errors of Falcon without a description, by status."""

log = logging.getLogger("kb.web")


class ParameterError(msgspec.Struct, frozen=True, omit_defaults=True):
    """Invalid parameter; `position` is an offset into a query, in code points."""

    parameter: str
    detail: str
    position: int | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details object (RFC 9457); members after `code` are optional."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: tuple[ParameterError, ...] | msgspec.UnsetType = msgspec.UNSET
    id: str | msgspec.UnsetType = msgspec.UNSET


class ErrorHandlers:
    """Error handlers of the service."""

    def __init__(self, templates: Templates, address: PublicAddress) -> None:
        self._templates = templates
        self._address = address

    def install(self, app: falcon.App[Any, Any]) -> None:
        """Answer every error of `app` with problem details."""
        app.add_error_handler(Exception, self._on_unexpected_error)
        app.add_error_handler(falcon.HTTPError, self._on_http_error)
        app.add_error_handler(KbError, self._on_kb_error)

    def _on_kb_error(self, req: falcon.Request, resp: falcon.Response, error: KbError, _params: Any) -> None:
        problem = describe(error, req.path)
        if problem.status >= 500:
            log.warning("%s %s: %s", req.method, req.path, error)
        self._send(req, resp, problem)

    def _on_http_error(self, req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, _params: Any) -> None:
        status = falcon.http_status_to_code(error.status)
        title = reason_phrase(status)
        detail = error.description or _DETAILS.get(status, title + ".")
        code = error.code if isinstance(error.code, str) else title.lower().replace(" ", "_").replace("-", "_")
        resp.set_headers(dict(error.headers or {}))
        self._send(req, resp, make_problem(status, req.path, detail=detail, code=code))

    def _on_unexpected_error(self, req: falcon.Request, resp: falcon.Response, error: Exception, _params: Any) -> None:
        error_id = uuid.uuid4().hex[:12]
        log.error("error %s at %s %s", error_id, req.method, req.path, exc_info=error)
        detail = f"Something went wrong on our side. If it happens again, please report it with the id {error_id}."
        self._send(req, resp, make_problem(500, req.path, detail=detail, code="internal_error", id=error_id))

    def _send(self, req: falcon.Request, resp: falcon.Response, problem: Problem) -> None:
        resp.status = problem.status
        # Headers set by the responder before the failure describe no error.
        for header in ("ETag", "KB-Generation"):
            resp.delete_header(header)
        resp.cache_control = ["no-store"]
        if problem.status == 503:
            resp.set_header("Retry-After", RETRY_AFTER_SECONDS)
        if _has_pages(req.path):
            resp.append_header("Vary", "Accept")
            if "text/html" in req.accept:
                has_address = self._address.of(req) is not None
                send_html(resp, self._templates.render("error.html", problem=problem, has_address=has_address))
                return
        send_json(resp, problem, PROBLEM)


def describe(error: KbError, path: str) -> Problem:
    """Problem details of an error, by the table of statuses."""
    row = next(row for row in STATUSES if isinstance(error, row.kind))
    errors: tuple[ParameterError, ...] | msgspec.UnsetType = msgspec.UNSET
    if isinstance(error, RequestError):
        position = error.position if isinstance(error, QuerySyntaxError) else None
        errors = (ParameterError(error.parameter, error.detail, position),)
    return make_problem(row.status, path, detail=row.public_detail or str(error), code=error.code, errors=errors)


def make_problem(status: int, path: str, *, detail: str, code: str, **optional: Any) -> Problem:
    """Problem details of a status, at a request path."""
    return Problem(
        title=reason_phrase(status), status=status, detail=detail, instance=quote(path), code=code, **optional
    )


def reason_phrase(status: int) -> str:
    """Reason phrase of a status, such as `Not Found`."""
    return str(falcon.code_to_http_status(status)).partition(" ")[2]


def _has_pages(path: str) -> bool:
    return not path.startswith(_DATA_PATHS)
