"""Refusals: answers to requests that are no requests, in the one shape of all errors, ready to be sent.

gunicorn's parser refuses what is not HTTP; two rules of HTTP/1.1 that it leaves to others are added here.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from gunicorn.http.errors import (
    ExpectationFailed,
    ForbiddenProxyRequest,
    InvalidHTTPVersion,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import http_date

from kb.web.answers import PROBLEM, encode
from kb.web.middleware import DATA_HEADERS
from kb.web.problems import Problem, make_problem, reason_phrase

NEWEST_VERSION = (1, 1)

_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(?::[0-9]*)?|\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
"""Value of a Host field (RFC 9110, section 7.2; RFC 3986, section 3.2.2)."""

MOST_DETAIL = 200
"""Length of what is told of a malformed request, in characters."""


class InvalidHost(ParseException):
    """A request without the Host that HTTP/1.1 asks for, or with one that names no host."""


class _Refusal(NamedTuple):
    """Answer to a class of errors; without a detail the error's own text is given."""

    kind: type[Exception]
    status: int
    detail: str = ""


OUR_FAULT = "internal_error"
"""Code of an error that is no fault of the request."""

_OUR_DETAIL = "Something went wrong on our side."

REFUSALS = (
    _Refusal(InvalidResponseHeader, 500, _OUR_DETAIL),
    _Refusal(InvalidResponseHeaderName, 500, _OUR_DETAIL),
    _Refusal(LimitRequestLine, 414, "The address is too long."),
    _Refusal(LimitRequestHeaders, 431, "The header fields are too many or too long."),
    _Refusal(UnsupportedTransferCoding, 501),
    _Refusal(InvalidHTTPVersion, 505, "Use HTTP/1.1 or HTTP/1.0."),
    _Refusal(ExpectationFailed, 417),
    _Refusal(ForbiddenProxyRequest, 403, "Proxies must be allowed by the settings."),
    _Refusal(ParseException, 400),
    _Refusal(Exception, 500, _OUR_DETAIL),
)
"""Answers to what gunicorn raises; the first row with a matching class applies."""


def check_request(req: Any) -> None:
    """Raise InvalidHTTPVersion or InvalidHost for a request that HTTP/1.1 refuses and gunicorn's parser does not."""
    if req.version > NEWEST_VERSION:
        raise InvalidHTTPVersion(req.version)
    host = next((value for name, value in req.headers if name == "HOST"), None)
    if host is None and req.version == NEWEST_VERSION:
        raise InvalidHost("HTTP/1.1 asks for a Host field")
    if host is not None and not _HOST.fullmatch(host):
        raise InvalidHost(f"Invalid Host field: {host!r}")


def describe_refusal(error: Exception, path: str = "/") -> Problem:
    """Problem details of an error before or beside the application."""
    row = next(row for row in REFUSALS if isinstance(error, row.kind))
    title = reason_phrase(row.status)
    code = OUR_FAULT if row.status == 500 else title.lower().replace(" ", "_").replace("-", "_")
    detail = row.detail or str(error)[:MOST_DETAIL]
    return make_problem(row.status, path or "/", detail=detail, code=code)


def encode_refusal(problem: Problem, has_body: bool = True) -> bytes:
    """Answer with problem details, after which the connection ends."""
    body = encode(problem)
    headers = {
        "Date": http_date(),
        "Connection": "close",
        "Content-Type": PROBLEM,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        **DATA_HEADERS,
    }
    lines = [f"HTTP/1.1 {problem.status} {problem.title}", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + body if has_body else head
