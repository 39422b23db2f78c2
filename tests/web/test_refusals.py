"""What is no request is answered like any other error."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http import errors

from kb.web.answers import PROBLEM
from kb.web.middleware import DATA_HEADERS
from kb.web.refusals import InvalidHost, check_request, describe_refusal, encode_refusal

STATUSES = [
    (errors.LimitRequestLine(9000, 8190), 414, "uri_too_long"),
    (errors.LimitRequestHeaders("too many"), 431, "request_header_fields_too_large"),
    (errors.UnsupportedTransferCoding("br"), 501, "not_implemented"),
    (errors.ExpectationFailed("a coffee"), 417, "expectation_failed"),
    (errors.InvalidHTTPVersion("HTTP/9"), 505, "http_version_not_supported"),
    (errors.InvalidRequestLine("x"), 400, "bad_request"),
    (errors.ConfigurationProblem("SCRIPT_NAME"), 400, "bad_request"),
    (InvalidHost("no host"), 400, "bad_request"),
    (errors.InvalidResponseHeader("X"), 500, "internal_error"),
    (ValueError("a secret of the inside"), 500, "internal_error"),
]


def request(version: tuple[int, int], *hosts: str) -> Any:
    return SimpleNamespace(version=version, headers=[("HOST", host) for host in hosts])


@pytest.mark.parametrize(("error", "status", "code"), STATUSES)
def test_each_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    problem = describe_refusal(error, "/v1/search")
    assert (problem.status, problem.code, problem.instance) == (status, code, "/v1/search")
    assert problem.title
    assert problem.detail
    assert "secret" not in problem.detail


def test_a_detail_is_short_whatever_was_sent() -> None:
    assert len(describe_refusal(errors.InvalidRequestLine("x" * 8000)).detail) <= 200


def test_a_refusal_is_a_whole_answer_with_the_headers_of_all() -> None:
    problem = describe_refusal(errors.InvalidRequestLine("ü\r\nX-Injected: 1"))
    head, _, body = encode_refusal(problem).partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "HTTP/1.1 400 Bad Request"
    assert headers.items() >= DATA_HEADERS.items()
    assert headers["Content-Type"] == PROBLEM
    assert headers["Cache-Control"] == "no-store"
    assert headers["Connection"] == "close"
    assert int(headers["Content-Length"]) == len(body)
    assert "X-Injected" not in headers
    assert json.loads(body)["code"] == "bad_request"


def test_head_gets_no_body() -> None:
    assert encode_refusal(describe_refusal(InvalidHost("no host")), has_body=False).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "host", ["kb.test", "kb.test:8000", "127.0.0.1", "[::1]:80", "[2001:db8::1]", "", "xn--kxa.eu"]
)
def test_a_host_may_be_any_name_or_address(host: str) -> None:
    check_request(request((1, 1), host))


@pytest.mark.parametrize("host", ["a b", "a@kb.test", 'a"/><x>', "kb.test/x", "kb.test:http", "[kb]", "a\\b", "a,b c"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(InvalidHost):
        check_request(request((1, 1), host))


def test_only_old_clients_may_leave_the_host_out() -> None:
    check_request(request((1, 0)))
    with pytest.raises(InvalidHost):
        check_request(request((1, 1)))


@pytest.mark.parametrize("version", [(1, 2), (1, 9), (2, 0)])
def test_a_version_that_is_not_spoken_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(errors.InvalidHTTPVersion):
        check_request(request(version, "kb.test"))
