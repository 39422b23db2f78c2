"""The real gunicorn over a real index, spoken to by bytes."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from kb.settings import Settings
from kb.web.middleware import DATA_CSP
from kb.web.server import LONGEST_LINE, longest_request_line

from .service import ARTICLES, Service, build_index, eventually, running, write_articles


def status_of(answer: bytes) -> int:
    assert answer.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")), answer[:200]
    return int(answer.split(b" ", 2)[1])


def raw(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: kb.test", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_search_is_answered_from_the_index(service: Service) -> None:
    status, body = service.get("/v1/search?q=creatine+dose")
    answer = json.loads(body)
    assert status == 200
    assert answer["hits"][0]["id"] == "creatine.md"
    assert "<mark>creatine</mark>" in answer["hits"][0]["snippets"][0]["html"]


def test_ready_and_alive(service: Service) -> None:
    assert json.loads(service.get("/readyz")[1])["articles"] == len(ARTICLES)
    assert service.get("/healthz") == (200, '{"status":"alive"}')


def test_every_hit_leads_to_its_article(service: Service) -> None:
    for hit in json.loads(service.get("/v1/search?q=dose")[1])["hits"]:
        for prefix in ("/v1/articles/", "/articles/"):
            assert service.get(prefix + quote(hit["id"]))[0] == 200


def test_without_an_index_it_lives_and_says_that_it_is_not_ready(tmp_path: Path) -> None:
    with running(tmp_path, index=str(tmp_path / "none")) as service:
        assert service.get("/healthz")[0] == 200
        status, body = service.get("/readyz")
        assert status == 503
        assert json.loads(body)["code"] == "no_index"
        status, body = service.get("/", Accept="text/html")
        assert status == 503
        assert "try again" in body


def test_a_visitor_writes_no_line_of_the_log(tmp_path: Path) -> None:
    forged = "2026-01-01 00:00:00,000 [1] [CRITICAL] forged"
    with running(tmp_path, index=str(tmp_path / "none")) as service:
        for prefix in ("/v1/articles/x", "/articles/x", "/v1/search?q="):
            service.get(f"{prefix}{quote(chr(10) + forged + chr(27))}")
        service.send(f"GET /{forged} HTTP/1.1\r\n\r\n".encode())
        log = service.log()
    assert r"GET /v1/articles/x\n2026-01-01" in log
    assert not [line for line in log.splitlines() if line.startswith("2026-01-01")]
    assert chr(27) not in log


def test_a_new_generation_is_answered_from_without_a_restart(tmp_path: Path) -> None:
    write_articles(tmp_path / "corpus", ARTICLES)
    build_index(tmp_path / "corpus", tmp_path / "index")
    with running(tmp_path, index=str(tmp_path / "index")) as service:
        assert json.loads(service.get("/v1/search?q=zebrafish")[1])["total"]["value"] == 0
        write_articles(tmp_path / "corpus", {"new.txt": "Zebrafish\n\nA zebrafish is small."})
        build_index(tmp_path / "corpus", tmp_path / "index")
        eventually(lambda: json.loads(service.get("/v1/search?q=zebrafish")[1])["total"]["value"] == 1)


# Limits


def test_the_longest_query_fits_into_a_request_line_in_any_script(service: Service) -> None:
    longest = Settings().query_chars
    assert service.get(f"/v1/search?q={quote('🍵' * longest)}")[0] == 200


def test_a_query_a_little_too_long_is_refused_by_a_sentence(service: Service) -> None:
    too_long = Settings().query_chars + 1
    status, body = service.get(f"/v1/search?q={quote('🍵' * too_long)}")
    assert status == 400
    assert json.loads(body)["code"] == "query_too_long"


@pytest.mark.parametrize(("chars", "line"), [(16, 1192), (512, 7144), (4000, LONGEST_LINE)])
def test_the_request_line_is_as_long_as_the_longest_query_needs(chars: int, line: int) -> None:
    assert longest_request_line(Settings(query_chars=chars)) == line


def assert_refused(answer: bytes, status: int, code: str) -> None:
    """The answer is a problem like every error, with the headers of every answer."""
    assert status_of(answer) == status
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.decode().split("\r\n"))}
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == DATA_CSP
    assert headers["referrer-policy"]
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem.keys() == {"type", "title", "status", "detail", "instance", "code"}


def test_an_endless_request_line_is_refused(service: Service) -> None:
    assert_refused(service.send(raw("GET", "/?q=" + "x" * 9000, "Connection: close")), 414, "uri_too_long")
    assert_refused(service.send(b"GET /?q=" + b"x" * 9000), 414, "uri_too_long")


@pytest.mark.parametrize("fields", [["X: 1"] * 60, ["X: " + "1" * 5000], ["X: " + "1" * 4000] * 20])
def test_too_many_headers_are_refused(service: Service, fields: list[str]) -> None:
    assert_refused(service.send(raw("GET", "/", *fields)), 431, "request_header_fields_too_large")


REFUSED = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
    "a host that is none": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "bad_request"),
    "a minor version of the future": (b"GET / HTTP/1.9\r\nHost: kb.test\r\n\r\n", 505, "http_version_not_supported"),
    "HTTP/2 in a line": (b"GET / HTTP/2.0\r\nHost: kb.test\r\n\r\n", 505, "http_version_not_supported"),
    "an unknown coding": (raw("GET", "/", "Transfer-Encoding: br"), 501, "not_implemented"),
    "another expectation": (raw("GET", "/", "Expect: a-coffee"), 417, "expectation_failed"),
    "no request": (b"hello\r\n\r\n", 400, "bad_request"),
    "line feeds alone": (b"GET / HTTP/1.1\nHost: kb.test\n\n", 400, "bad_request"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_server_itself_refuses_is_a_problem_like_any_other(service: Service, name: str) -> None:
    request, status, code = REFUSED[name]
    assert_refused(service.send(request), status, code)


def test_an_old_client_needs_no_host(service: Service) -> None:
    assert status_of(service.send(b"GET /healthz HTTP/1.0\r\n\r\n")) == 200


def test_a_trusted_proxy_that_names_a_prefix_changes_nothing(service: Service) -> None:
    answer = service.send(raw("GET", "/healthz", "SCRIPT_NAME: /prefix", "Connection: close"))
    assert answer.endswith(b'{"status":"alive"}')


def test_a_large_body_is_refused_before_it_is_sent(service: Service) -> None:
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
        connection.sendall(raw("GET", "/v1/search?q=dose", "Content-Length: 50000000"))
        assert status_of(connection.recv(65536)) == 413
    assert time.monotonic() - started < 2


def test_a_body_is_not_waited_for_and_the_connection_ends_with_the_answer(service: Service) -> None:
    second = raw("GET", "/robots.txt")
    for announced in ("Content-Length: 50", "Transfer-Encoding: chunked"):
        answer = service.send(raw("GET", "/healthz", announced, body=second))
        assert answer.count(b"HTTP/1.1 ") == 1
        assert status_of(answer) == 200
        assert b"Connection: close" in answer


def test_requests_that_are_sent_together_are_answered_one_after_the_other(service: Service) -> None:
    first = raw("GET", "/healthz", "Content-Length: 0")
    answer = service.send(first + first + raw("GET", "/robots.txt", "Connection: close"))
    assert answer.count(b"HTTP/1.1 200 ") == 3
    assert answer.endswith(b"Disallow: /?\n")


HOSTILE = {
    "length and chunks": raw("POST", "/", "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "two lengths": raw("GET", "/", "Content-Length: 3", "Content-Length: 4", body=b"abc"),
    "a signed length": raw("GET", "/", "Content-Length: +5", body=b"hello"),
    "two hosts": raw("GET", "/", "Host: other.test"),
    "a folded header": raw("GET", "/", "X: a\r\n b"),
    "a blank before the colon": raw("GET", "/", "X : a"),
    "a NUL in a header": raw("GET", "/", "X: a\0b"),
    "no method": b" / HTTP/1.1\r\nHost: kb.test\r\n\r\n",
    "bytes that are no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "unencoded bytes in the path": "GET /ü HTTP/1.1\r\nHost: kb.test\r\n\r\n".encode(),
    "a version of the future": b"GET / HTTP/3.0\r\nHost: kb.test\r\n\r\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_framing_is_refused_and_the_service_goes_on(service: Service, name: str) -> None:
    assert status_of(service.send(HOSTILE[name])) in (400, 501, 505)
    assert service.get("/healthz")[0] == 200


@pytest.mark.parametrize("path", ["/%", "/%zz", "/%00", "/v1/articles/%ff%fe", "/../../etc/passwd", "/static/..%2f"])
def test_odd_paths_are_not_found(service: Service, path: str) -> None:
    answer = service.send(raw("GET", path, "Connection: close"))
    assert status_of(answer) == 404
    assert b"application/problem+json" in answer


def test_head_has_no_body_and_other_methods_are_refused(service: Service) -> None:
    head = service.send(raw("HEAD", "/", "Connection: close"))
    assert status_of(head) == 200
    assert head.endswith(b"\r\n\r\n")
    post = service.send(raw("POST", "/v1/search", "Connection: close"))
    assert status_of(post) == 405
    assert b"allow: GET, HEAD" in post
