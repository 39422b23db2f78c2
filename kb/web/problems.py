"""Errors over HTTP: one shape, RFC 9457's problem+json, and for browsers a page that says the same.

Every error of the service ends here: those of `kb.errors` by the table below, Falcon's own (404, 405, 413, ...), and
whatever nobody expected, which is answered with an id that is also in the log, and with nothing else about its cause.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import falcon
import msgspec

from kb.errors import ArticleNotFound, IndexFailure, KbError, QuerySyntaxError, RequestError
from kb.web.answers import PROBLEM, send_html, send_json
from kb.web.rendering import Templates

STATUSES: tuple[tuple[type[KbError], int, str | None], ...] = (
    (RequestError, 400, None),
    (ArticleNotFound, 404, "There is no article of that name here."),
    (IndexFailure, 503, "The articles cannot be searched at the moment. Please try again in a minute."),
    (KbError, 500, "The request failed because of how the service is set up."),
)
"""For each error of ours its status and, where its own text is meant for the operator, what a visitor reads instead."""

RETRY_SECONDS = "10"
_NOT_PAGES = ("/v1/", "/static/", "/healthz", "/readyz", "/opensearch.xml", "/robots.txt", "/favicon.svg")

log = logging.getLogger("kb.web")


class ParameterError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with one parameter, and in a query at which character."""

    parameter: str
    detail: str
    position: int | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every error answer; the members after `code` are left out where they do not apply."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: tuple[ParameterError, ...] | msgspec.UnsetType = msgspec.UNSET
    id: str | msgspec.UnsetType = msgspec.UNSET


class Problems:
    """The error handlers of the service."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def install(self, app: falcon.App[Any, Any]) -> None:
        """Make every error of `app` a problem."""
        app.add_error_handler(Exception, self._on_surprise)
        app.add_error_handler(falcon.HTTPError, self._on_http_error)
        app.add_error_handler(KbError, self._on_kb_error)

    def _on_kb_error(self, req: falcon.Request, resp: falcon.Response, error: KbError, _params: Any) -> None:
        problem = describe(error, req.path)
        if problem.status >= 500:
            log.warning("%s %s: %s", req.method, req.path, error)
        self._send(req, resp, problem)

    def _on_http_error(self, req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, _params: Any) -> None:
        status = falcon.http_status_to_code(error.status)
        title = phrase(status)
        detail = error.description or _EXPLANATIONS.get(status, title + ".")
        code = error.code if isinstance(error.code, str) else title.lower().replace(" ", "_").replace("-", "_")
        resp.set_headers(_header_pairs(error.headers))
        self._send(
            req,
            resp,
            Problem(title=title, status=status, detail=detail, instance=quote(req.path), code=code),
        )

    def _on_surprise(self, req: falcon.Request, resp: falcon.Response, error: Exception, _params: Any) -> None:
        name = uuid.uuid4().hex[:12]
        log.error("error %s at %s %s", name, req.method, req.path, exc_info=error)
        detail = f"Something went wrong on our side. If it happens again, please report it with the id {name}."
        self._send(
            req,
            resp,
            Problem(
                title=phrase(500), status=500, detail=detail, instance=quote(req.path), code="internal_error", id=name
            ),
        )

    def _send(self, req: falcon.Request, resp: falcon.Response, problem: Problem) -> None:
        resp.status = problem.status
        # What a responder had announced before it failed is not true of the error.
        for header in ("ETag", "KB-Generation"):
            resp.delete_header(header)
        resp.cache_control = ["no-store"]
        if problem.status == 503:
            resp.set_header("Retry-After", RETRY_SECONDS)
        if _has_pages(req.path):
            resp.append_header("Vary", "Accept")
            if "text/html" in req.accept:
                send_html(resp, self._templates.render("error.html", problem=problem))
                return
        send_json(resp, problem, PROBLEM)


def describe(error: KbError, path: str) -> Problem:
    """The problem that an error of ours is, by the table of statuses."""
    status, public = next((status, text) for kind, status, text in STATUSES if isinstance(error, kind))
    errors: tuple[ParameterError, ...] | msgspec.UnsetType = msgspec.UNSET
    if isinstance(error, RequestError):
        position = error.position if isinstance(error, QuerySyntaxError) else None
        errors = (ParameterError(error.parameter, error.detail, position),)
    return Problem(
        title=phrase(status),
        status=status,
        detail=public or str(error),
        instance=quote(path),
        code=error.code,
        errors=errors,
    )


def phrase(status: int) -> str:
    """The standard words for a status, such as `Not Found`."""
    return str(falcon.code_to_http_status(status)).partition(" ")[2]


def _header_pairs(headers: Any) -> Mapping[str, str]:
    return dict(headers or {})


def _has_pages(path: str) -> bool:
    return not path.startswith(_NOT_PAGES)


_EXPLANATIONS = {
    404: "There is nothing at this address.",
    405: "This address can only be read: use GET or HEAD.",
}
