"""Responses as they came are read right, and judged."""

from __future__ import annotations

import pytest

from bench.reliability.raw import Exchange, parse_answers
from bench.reliability.raw_requests import FRAMING, MALFORMED, ODD, wrong_in
from bench.reliability.service import Answer

PROBLEM = {"content-type": "application/problem+json"}


def refused(*statuses: int, closed: bool = True, **headers: str) -> str:
    """The verdict on answers to a request that has to be refused."""
    fields = PROBLEM | {name.replace("_", "-"): value for name, value in headers.items()}
    return wrong_in(Exchange([Answer(status, fields, b"") for status in statuses], closed), refused=True)


def test_answers_one_after_the_other_are_told_apart() -> None:
    received = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 404 Not Found\r\nX-A: b:c\r\n\r\nrest"
    assert parse_answers(received) == [
        Answer(200, {"content-length": "3"}, b"abc"),
        Answer(404, {"x-a": "b:c"}, b"rest"),
    ]


def test_an_answer_without_a_body_is_not_waited_for() -> None:
    received = b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"
    assert parse_answers(received, head_only=True) == [Answer(200, {"content-length": "300"}, b"")]


@pytest.mark.parametrize("received", [b"HTTP/1.1 200 OK\r\n", b"<html>\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_answer_is_an_error(received: bytes) -> None:
    with pytest.raises(ValueError, match=r"response|literal"):
        parse_answers(received)


def test_a_refusal_is_one_problem_and_the_end_of_the_connection() -> None:
    assert refused(400) == ""
    assert refused(501) == refused(505) == ""
    assert refused() == "no answer"
    assert refused(200) == "answered with 200"
    assert refused(500) == "status 500"
    assert refused(400, 404) == "2 answers, with 404"
    assert refused(400, closed=False) == "the connection stays open after an error"
    assert refused(400, content_type="text/html") == "status 400 as text/html"


def test_any_answer_but_an_error_of_the_service_does_for_an_odd_request() -> None:
    assert wrong_in(Exchange([Answer(404, PROBLEM, b"")], closed=False), refused=False) == ""
    assert wrong_in(Exchange([Answer(503, PROBLEM, b"")], closed=True), refused=False) == "status 503"


def test_more_answers_than_requests_are_of_a_smuggled_one() -> None:
    two = Exchange([Answer(200, {}, b""), Answer(404, PROBLEM, b"")], closed=False)
    assert wrong_in(two, refused=False) == "2 answers, with 404"
    assert wrong_in(two, refused=False, most=2) == ""
    assert [name for name, sent in {**FRAMING, **MALFORMED, **ODD}.items() if sent.answers > 1] == ["two in one"]


def test_a_smuggled_request_is_as_long_as_its_body_says() -> None:
    head, _, body = FRAMING["body of a GET"].content.partition(b"\r\n\r\n")
    assert head.endswith(b"Content-Length: %d" % len(body))
    assert body.startswith(b"GET /smuggled ")


def test_every_request_has_an_end() -> None:
    for name, sent in {**FRAMING, **MALFORMED, **ODD}.items():
        assert b"\r\n\r\n" in sent.content, name
