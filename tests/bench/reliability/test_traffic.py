"""Visitors of a small server of one answer: what is lost is counted, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from bench.reliability.clients import visitors_row
from bench.reliability.crowd import HABITS, SlowClient
from bench.reliability.load import CLIENTS, judge, mixed, requests_row
from bench.reliability.outcome import Row
from bench.reliability.service import Answer
from bench.reliability.texts import marker_text, versions_in
from bench.reliability.traffic import REFUSED, Connection, Tally, Traffic, Visits, judge_status, parse_head

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def server(*answers: bytes) -> Iterator[int]:
    """The port of a server that gives these answers on one connection, one for each thing it gets, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, suppress(ConnectionError):
                for content in answers:
                    connection.recv(65536)
                    connection.sendall(content)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_a_connection_is_used_until_the_server_ends_it() -> None:
    with server(WHOLE, LAST) as port:
        connection = Connection(port, timeout=5)
        answer, stays = connection.ask("/a", keep_alive=True)
        assert (answer.status, answer.body, stays) == (200, b"hello", True)
        answer, stays = connection.ask("/b", keep_alive=True)
        assert (answer.body, stays) == (b"", False)
        connection.close()


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (b"", "ended before an answer"),
        (WHOLE[:-2], "ended within an answer"),
        (b"nonsense\r\n\r\n", "no HTTP response"),
    ],
)
def test_half_an_answer_is_none(sent: bytes, problem: str) -> None:
    with server(sent) as port:
        connection = Connection(port, timeout=5)
        with pytest.raises(ValueError, match=problem):
            connection.ask("/", keep_alive=True)
        connection.close()


def test_a_refused_connection_is_tried_and_lost() -> None:
    tally = Tally([0.01, 0.02, 0.03], refusals=[4.0, 5.0, 6.0, 7.0, 8.0])
    tally.failures.update({"reset": 2})
    assert (tally.requests, tally.lost, tally.kinds) == (10, 7, f"5 {REFUSED}, 2 reset")
    row = Row("beside", 10, 7, f"5 {REFUSED}, 2 reset")
    assert visitors_row("beside", tally) == row
    assert requests_row(tally) == row._replace(case=f"requests of {CLIENTS} clients")


def test_refusals_after_the_end_are_no_loss() -> None:
    tally = Tally([0.01, 0.02, 0.03], refusals=[4.0, 5.0, 6.0])
    tally.failures.update({"reset": 2})
    tally.forgive_refusals(since=5.0)
    assert (tally.requests, tally.lost, tally.kinds) == (6, 3, f"2 reset, 1 {REFUSED}")
    tally.forgive_refusals(since=4.0)
    assert (tally.requests, tally.lost) == (5, 2)
    assert Tally([0.01]).kinds == ""


def test_tallies_are_added() -> None:
    tally = Tally([0.01, 0.02, 0.03], refusals=[4.0])
    tally.failures.update({"reset": 2})
    assert tally.percentile(50) == pytest.approx(0.02)
    assert Tally().percentile(99) == float("inf")
    whole = Tally()
    whole.add(tally)
    whole.add(tally)
    assert (whole.requests, whole.lost, len(whole.times)) == (12, 6, 6)


class Pages(BaseHTTPRequestHandler):
    """A server that answers `/bad` with 503 and everything else with 200, on connections that are kept."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(503 if self.path == "/bad" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("keep_alive", [True, False])
def test_visitors_ask_until_they_are_told_to_stop(keep_alive: bool) -> None:
    Pages.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        visits = Visits(pages.server_port, ("/", "/bad"), clients=2, keep_alive=keep_alive, pause=0.01)
        with Traffic(visits, judge_status) as traffic:
            time.sleep(0.3)
        pages.shutdown()
    tally = traffic.tally
    assert tally.failures == {"status 503": Pages.asked.count("/bad")}
    assert len(tally.times) == Pages.asked.count("/") > 1
    assert tally.requests == len(Pages.asked)


def test_visitors_go_on_after_a_refusal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Traffic(Visits(port, ("/",), clients=2, keep_alive=False, pause=0.01), judge_status) as traffic:
        time.sleep(0.3)
        with ThreadingHTTPServer(("127.0.0.1", port), Pages) as pages:
            threading.Thread(target=pages.serve_forever, daemon=True).start()
            time.sleep(0.3)
            begin = time.monotonic()
            pages.shutdown()
    tally = traffic.tally
    assert len(tally.times) > 1
    assert len([moment for moment in tally.refusals if moment < begin]) > 1
    assert tally.requests == len(tally.times) + tally.lost


def test_heads_are_parsed_without_regard_to_case() -> None:
    assert parse_head(b"HTTP/1.1 304 Not Modified\r\nETag: W/a\r\nkb-generation:gen-7") == Answer(
        304, {"etag": "W/a", "kb-generation": "gen-7"}, b""
    )


def test_a_status_is_judged() -> None:
    assert judge_status(Answer(200, {}, b"")) == ""
    assert judge_status(Answer(503, {}, b"")) == "status 503"


def page(generation: str, *texts: str) -> bytes:
    hits = ",".join(f'{{"snippets":[{{"text":"{text}"}}]}}' for text in texts)
    return f'{{"generation":"{generation}","hits":[{hits}]}}'.encode()


def test_an_answer_of_two_generations_is_found() -> None:
    headers = {"kb-generation": "gen-3"}
    six = [marker_text(7)] * 6
    assert judge(Answer(200, headers, page("gen-3", *six))) == "=gen-3 7"
    assert judge(Answer(200, headers, page("gen-2", *six))) == "6 markers, of gen-2 and gen-3"
    assert judge(Answer(200, headers, page("gen-3", *six[:5]))) == "5 markers, of gen-3 and gen-3"
    assert judge(Answer(200, headers, b'"hits" of ' + marker_text(7).encode())).startswith("no page of markers: ")
    mixture = judge(Answer(200, headers, page("gen-3", *six[:5], marker_text(8))))
    assert mixture == "=gen-3 7,8"
    assert list(mixed({mixture})) == ["gen-3 shows versions 7, 8"]


def test_two_workers_that_show_the_same_generation_differently_are_found() -> None:
    assert list(mixed({"=gen-3 7", "=gen-4 8"})) == ["", ""]
    assert list(mixed({"=gen-3 7", "=gen-3 8"})) == ["gen-3 shows versions 7, 8"]


def test_an_answer_without_markers_is_not_compared() -> None:
    assert judge(Answer(200, {}, b"<html>")) == ""
    assert judge(Answer(500, {}, b"")) == "status 500"


def test_versions_are_read_off_snippets() -> None:
    assert versions_in([marker_text(12), f"…{marker_text(3)}"]) == {3, 12}


def test_a_slow_client_sends_its_opening_and_then_a_byte_a_second() -> None:
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = SlowClient(listener.getsockname()[1], HABITS["slow head"])
        client.tick(100.0)
        connection, _ = listener.accept()
        with connection:
            for now in (100.1, 100.5, 101.2, 101.3, 102.4):
                client.tick(now)
            connection.settimeout(5)
            while sum(map(len, received)) < len(HABITS["slow head"].opening) + 2:
                received.append(connection.recv(65536))
        assert b"".join(received) == b"GET /v1/search?q=stone HTTP/1.1\r\nX-"
        client.close()
