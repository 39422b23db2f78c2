"""A head is whole, not yet whole, or refused as soon as it cannot become one."""

from __future__ import annotations

import pytest
from gunicorn.http.errors import InvalidRequestLine, LimitRequestHeaders, LimitRequestLine, ParseException

from kb.web.heads import HeadLimits, head_length

LIMITS = HeadLimits(line=40, fields=3, total=200)
HEAD = b"GET / HTTP/1.1\r\nHost: kb.test\r\n\r\n"


@pytest.mark.parametrize("head", [HEAD, b"\r\n" + HEAD, b"GET / HTTP/1.0\r\n\r\n"])
@pytest.mark.parametrize("rest", [b"", b"GET", HEAD])
def test_a_head_ends_with_its_blank_line_whatever_follows(head: bytes, rest: bytes) -> None:
    assert head_length(bytearray(head + rest), LIMITS) == len(head)


@pytest.mark.parametrize("count", range(len(HEAD)))
def test_each_beginning_of_a_head_is_waited_with(count: int) -> None:
    assert head_length(bytearray(HEAD[:count]), LIMITS) is None


@pytest.mark.parametrize("searched", range(len(HEAD)))
def test_what_was_searched_before_need_not_be_searched_again(searched: int) -> None:
    assert head_length(bytearray(HEAD), LIMITS, searched) == len(HEAD)


@pytest.mark.parametrize(
    ("received", "error"),
    [
        (b"GET /" + b"x" * 40, LimitRequestLine),
        (b"GET /" + b"x" * 40 + b" HTTP/1.1\r\n\r\n", LimitRequestLine),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 5, LimitRequestHeaders),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 200, LimitRequestHeaders),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 200 + b"\r\n\r\n", LimitRequestHeaders),
        (b"GET / HTTP/1.1\nHost", InvalidRequestLine),
        (b"GET / HTTP/1.1\r\nHost: kb.test\n", InvalidRequestLine),
    ],
)
def test_what_cannot_become_a_head_is_refused_at_once(received: bytes, error: type[ParseException]) -> None:
    with pytest.raises(error):
        head_length(bytearray(received), LIMITS)


def test_the_longest_line_may_be_just_that_long() -> None:
    line = b"GET /" + b"x" * 26 + b" HTTP/1.1"
    assert len(line) == LIMITS.line
    assert head_length(bytearray(line + b"\r\n\r\n"), LIMITS) == len(line) + 4
    assert head_length(bytearray(line + b"\r"), LIMITS) is None
