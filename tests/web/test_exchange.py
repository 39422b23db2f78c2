"""A head goes in, a whole answer comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from kb.web.exchange import Exchange

from .pairs import CLIENT, SERVER

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Recorder:
    """gunicorn's logger, as far as it is used."""

    def __init__(self) -> None:
        self.accesses: list[str] = []
        self.messages: list[str] = []

    def access(self, resp: Any, _req: Any, environ: dict[str, Any], _time: Any) -> None:
        self.accesses.append(f"{environ['REQUEST_METHOD']} {environ['RAW_URI']} {resp.status}")

    def warning(self, message: str, *values: Any) -> None:
        self.messages.append(message % values)

    def error(self, message: str, *values: Any, exc_info: Any = None) -> None:
        self.messages.append(f"{message % values} {exc_info!r}")


@pytest.fixture
def log() -> Recorder:
    return Recorder()


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = f"{environ['PATH_INFO']} {environ['REMOTE_ADDR']} {environ['wsgi.input'].read()!r}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def exchange(log: Recorder, application: Application = echo, may_keep_alive: bool = True) -> Exchange:
    cfg = Config()
    cfg.set("forwarder_headers", "")
    return Exchange(cfg, log, application, lambda: may_keep_alive)


def ask(exchange: Exchange, head: bytes) -> tuple[int, bytes, bytes, bool]:
    """Status, head and body of the answer, and whether the connection is kept alive."""
    connection: Any = SimpleNamespace(client=CLIENT, server=SERVER, requests=1)
    answer = exchange.answer(head, connection)
    answer_head, _, body = answer.content.partition(b"\r\n\r\n")
    return int(answer_head.split(b" ")[1]), answer_head, body, answer.keeps_alive


def head_of(*lines: str, first: str = "GET /x HTTP/1.1") -> bytes:
    return "\r\n".join([first, "Host: kb.test", *lines, "", ""]).encode()


def test_an_application_answers_in_one_piece(log: Recorder) -> None:
    status, head, body, keeps_alive = ask(exchange(log), head_of())
    assert (status, body, keeps_alive) == (200, b"/x 127.0.0.1 b''", True)
    assert b"Connection: keep-alive" in head
    assert log.accesses == ["GET /x 200 OK"]


def test_an_answer_in_pieces_is_made_whole_and_closed(log: Recorder) -> None:
    closed: list[bool] = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter((b"one ", b"two"))

        def close(self) -> None:
            closed.append(True)

    def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Pieces:
        start_response("200 OK", [])
        return Pieces()

    _, head, body, _ = ask(exchange(log, application), head_of())
    assert b"Transfer-Encoding: chunked" in head
    assert body == b"4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n"
    assert closed == [True]


@pytest.mark.parametrize("line", ["Content-Length: 5", "Transfer-Encoding: chunked", "Expect: 100-continue"])
def test_a_request_with_a_body_is_answered_without_it_and_ends_the_connection(log: Recorder, line: str) -> None:
    status, head, body, keeps_alive = ask(exchange(log), head_of(line))
    assert (status, body, keeps_alive) == (200, b"/x 127.0.0.1 b''", False)
    assert b"Connection: close" in head
    assert b"100 Continue" not in head


def test_a_body_of_nothing_is_no_body(log: Recorder) -> None:
    assert ask(exchange(log), head_of("Content-Length: 0"))[3]


@pytest.mark.parametrize(("first", "line"), [("GET /x HTTP/1.1", "Connection: close"), ("GET /x HTTP/1.0", "X: 1")])
def test_a_client_may_end_the_connection(log: Recorder, first: str, line: str) -> None:
    assert not ask(exchange(log), head_of(line, first=first))[3]


def test_an_ending_worker_says_so(log: Recorder) -> None:
    _, head, _, keeps_alive = ask(exchange(log, may_keep_alive=False), head_of())
    assert b"Connection: close" in head
    assert not keeps_alive


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.9\r\nHost: kb.test\r\n\r\n", 505),
        (b"nonsense\r\n\r\n", 400),
        (b"nonsense" * 500 + b"\r\n\r\n", 400),
        (head_of("X : 1"), 400),
        (head_of("Transfer-Encoding: br"), 501),
    ],
)
def test_what_is_no_request_never_reaches_the_application(log: Recorder, head: bytes, status: int) -> None:
    def application(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> None:
        raise AssertionError("reached")

    answered, _, body, keeps_alive = ask(exchange(log, application), head)
    assert (answered, keeps_alive) == (status, False)
    assert json.loads(body)["status"] == status
    assert log.messages[0].startswith("refused a request of 127.0.0.1: ")
    assert len(log.messages[0]) < 250


def test_a_refusal_names_the_path_as_it_was_sent(log: Recorder) -> None:
    *_, body, _ = ask(exchange(log), b"GET /a%20b%C3%A9 HTTP/1.1\r\n\r\n")
    assert json.loads(body)["instance"] == "/a%20b%C3%A9"


def test_a_prefix_named_by_a_proxy_changes_nothing(log: Recorder) -> None:
    status, _, body, _ = ask(exchange(log), head_of("SCRIPT_NAME: /prefix"))
    assert (status, body[:3]) == (200, b"/x ")


def test_a_header_that_cannot_be_sent_is_the_applications_fault(log: Recorder) -> None:
    def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("X", "a\nb")])
        return []

    status, _, body, _ = ask(exchange(log, application), head_of())
    assert (status, json.loads(body)["code"]) == (500, "internal_error")
    assert log.messages[0].startswith("error at /x InvalidResponseHeader")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_application_that_fails_half_way_gives_an_error_and_no_half_of_an_answer(log: Recorder, method: str) -> None:
    def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"half"
        raise ValueError("a secret of the inside")

    status, _, body, keeps_alive = ask(exchange(log, application), head_of(first=f"{method} /x HTTP/1.1"))
    assert (status, keeps_alive) == (500, False)
    assert b"half" not in body
    assert b"secret" not in body
    assert bool(body) == (method == "GET")
    assert "error at /x ValueError('a secret of the inside')" in log.messages
