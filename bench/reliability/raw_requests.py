"""Trial: requests as no client should send them: refused as problems, none smuggled, no error of the service."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.reliability.outcome import Outcome, Row, Scale, count_failures
from bench.reliability.programs import build_index
from bench.reliability.raw import Exchange, send_raw
from bench.reliability.service import serving
from bench.reliability.texts import write_corpus

NOT_OFFERED = (501, 505)
"""Statuses from 500 on that are right: a method, a coding or a version that is not offered."""

_END = b"\r\n\r\n"
_SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


class Sent(NamedTuple):
    """Bytes of one connection.

    content  the bytes
    refused  whether nothing but an error is right
    answers  as many as are right at most; one more is that to a smuggled request
    """

    content: bytes
    refused: bool = True
    answers: int = 1


def _get(*lines: bytes, path: bytes = b"/v1/search?q=stone", version: bytes = b"HTTP/1.1") -> bytes:
    """A GET request with some header lines, without a body."""
    return b"\r\n".join([b"GET " + path + b" " + version, *lines]) + _END


def _length(number: int) -> bytes:
    return b"Content-Length: %d" % number


def _post(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST /v1/search HTTP/1.1", b"Host: x", *lines]) + _END + body


FRAMING: Mapping[str, Sent] = {
    "length and chunks": Sent(_post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=_LAST_CHUNK + _SMUGGLED)),
    "chunks and length": Sent(
        _post(b"Transfer-Encoding: chunked", _length(len(_LAST_CHUNK + _SMUGGLED)), body=_LAST_CHUNK + _SMUGGLED)
    ),
    "two lengths": Sent(_post(_length(0), _length(len(_SMUGGLED)), body=_SMUGGLED)),
    "list of lengths": Sent(_post(b"Content-Length: 0, %d" % len(_SMUGGLED), body=_SMUGGLED)),
    "length with a sign": Sent(_post(b"Content-Length: +0", body=_SMUGGLED)),
    "negative length": Sent(_post(b"Content-Length: -1", body=_SMUGGLED)),
    "length in hexadecimal": Sent(_post(b"Content-Length: 0x0", body=_SMUGGLED)),
    "length of letters": Sent(_post(b"Content-Length: abc", body=_SMUGGLED)),
    "length with a space before the colon": Sent(_post(b"Content-Length : %d" % len(_SMUGGLED), body=_SMUGGLED)),
    "huge length": Sent(_post(b"Content-Length: " + b"9" * 40)),
    "unknown coding": Sent(_post(b"Transfer-Encoding: xchunked", body=_SMUGGLED)),
    "identity coding": Sent(_post(b"Transfer-Encoding: identity", body=_SMUGGLED)),
    "chunked twice": Sent(_post(b"Transfer-Encoding: chunked, chunked", body=_LAST_CHUNK + _SMUGGLED)),
    "two codings": Sent(_post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=_LAST_CHUNK)),
    "coding after a tab": Sent(_post(b"Transfer-Encoding:\tchunked", body=b"zz\r\n")),
    "coding with a vertical tab": Sent(_post(b"Transfer-Encoding: \x0bchunked", body=_LAST_CHUNK + _SMUGGLED)),
    "chunk size of letters": Sent(_post(b"Transfer-Encoding: chunked", body=b"zz\r\nab\r\n0\r\n\r\n")),
    "chunk with an extension": Sent(_post(b"Transfer-Encoding: chunked", body=b"1;a=b\r\na\r\n0\r\n\r\n")),
    "folded header": Sent(_post(b"X-A: 1", b" Transfer-Encoding: chunked", body=_LAST_CHUNK + _SMUGGLED)),
    "chunks in HTTP/1.0": Sent(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + _SMUGGLED),
    "body of a GET": Sent(_get(b"Host: x", _length(len(_SMUGGLED))) + _SMUGGLED, refused=False),
}
"""Requests whose end two readers see at different places; the smuggled request must not be answered."""

MALFORMED: Mapping[str, Sent] = {
    "no Host": Sent(_get()),
    "two Hosts": Sent(_get(b"Host: a", b"Host: b")),
    "version 1.9": Sent(_get(b"Host: x", version=b"HTTP/1.9")),
    "version 2.0": Sent(_get(b"Host: x", version=b"HTTP/2.0")),
    "version 0.9": Sent(b"GET /\r\n\r\n"),
    "version of letters": Sent(_get(b"Host: x", version=b"HTTP/a.b")),
    "another protocol": Sent(_get(b"Host: x", version=b"ICY/1.0")),
    "preface of HTTP/2": Sent(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "TLS": Sent(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(32)) + _END),
    "line of zeros": Sent(b"\x00" * 40 + _END),
    "only spaces": Sent(b"   \r\n\r\n"),
    "method in lower case": Sent(b"get / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "method with a bracket": Sent(b"GE(T / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "unknown method": Sent(b"BREW /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    "TRACE": Sent(b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    "CONNECT": Sent(b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    "DELETE": Sent(b"DELETE /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    "bare line feeds": Sent(b"GET / HTTP/1.1\nHost: x\nConnection: close\n\n\r\n\r\n"),
    "carriage return in a value": Sent(_get(b"Host: x", b"X-A: a\rX-B: b")),
    "zero in a value": Sent(_get(b"Host: x", b"X-A: a\x00b")),
    "header without a colon": Sent(_get(b"Host: x", b"nothing")),
    "header with an empty name": Sent(_get(b"Host: x", b": value")),
    "space in a name": Sent(_get(b"Host: x", b"X A: b")),
    "line of 100,000 bytes": Sent(_get(b"Host: x", path=b"/?q=" + b"a" * 100_000)),
    "header of 100,000 bytes": Sent(_get(b"Host: x", b"X-A: " + b"a" * 100_000)),
    "1,000 headers": Sent(_get(b"Host: x", *(b"X-%d: a" % number for number in range(1000)))),
    "space in the path": Sent(_get(b"Host: x", path=b"/a b")),
    "zero in the path": Sent(_get(b"Host: x", path=b"/a\x00b")),
    "path without a slash": Sent(_get(b"Host: x", b"Connection: close", path=b"v1/search")),
    "climbing path": Sent(_get(b"Host: x", b"Connection: close", path=b"/static/../../../etc/passwd")),
    "climbing path, encoded": Sent(_get(b"Host: x", b"Connection: close", path=b"/static/%2e%2e/%2e%2e/etc/passwd")),
    "bytes that are no UTF-8": Sent(_get(b"Host: x", b"Connection: close", path=b"/v1/articles/%ff%fe")),
    "half an escape": Sent(_get(b"Host: x", b"Connection: close", path=b"/v1/articles/%")),
    "query of 10,000 characters": Sent(_get(b"Host: x", b"Connection: close", path=b"/v1/search?q=" + b"a" * 6000)),
    "unknown parameter": Sent(_get(b"Host: x", b"Connection: close", path=b"/v1/search?nothing=1")),
    "page of minus one": Sent(_get(b"Host: x", b"Connection: close", path=b"/v1/search?page=-1")),
    "PROXY protocol": Sent(b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + _get(b"Host: x", b"Connection: close")),
}
"""Requests that are wrong in themselves."""

ODD: Mapping[str, Sent] = {
    "SCRIPT_NAME": Sent(_get(b"Host: x", b"SCRIPT_NAME: /a", b"Connection: close"), refused=False),
    "SCRIPT-NAME": Sent(_get(b"Host: x", b"SCRIPT-NAME: /a", b"Connection: close"), refused=False),
    "odd Host": Sent(_get(b'Host: a"/><x>', b"Connection: close", path=b"/opensearch.xml"), refused=False),
    "Host with a user": Sent(_get(b"Host: a@evil:80", b"Connection: close", path=b"/opensearch.xml"), refused=False),
    "absolute address": Sent(
        _get(b"Host: x", b"Connection: close", path=b"http://evil.example/v1/search?q=a"), refused=False
    ),
    "expectation": Sent(_get(b"Host: x", b"Expect: 100-continue", b"Connection: close"), refused=False),
    "unknown expectation": Sent(_get(b"Host: x", b"Expect: miracles", b"Connection: close"), refused=False),
    "upgrade": Sent(_get(b"Host: x", b"Upgrade: websocket", b"Connection: Upgrade, close"), refused=False),
    "many tags": Sent(_get(b"Host: x", b"If-None-Match: " + b'"a",' * 900, b"Connection: close"), refused=False),
    "bad tags": Sent(_get(b"Host: x", b'If-None-Match: W/"', b"Connection: close"), refused=False),
    "bad Accept": Sent(_get(b"Host: x", b"Accept: ;;;,,/", b"Connection: close"), refused=False),
    "range": Sent(_get(b"Host: x", b"Range: bytes=0-,0-,0-", b"Connection: close"), refused=False),
    "HEAD": Sent(b"HEAD /v1/search?q=stone HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", refused=False),
    "HEAD of nothing": Sent(b"HEAD /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    "HTTP/1.0": Sent(b"GET /v1/search?q=stone HTTP/1.0\r\n\r\n", refused=False),
    "empty lines before": Sent(b"\r\n\r\n" + _get(b"Host: x", b"Connection: close"), refused=False),
    "two in one": Sent(_get(b"Host: x") + _get(b"Host: x", b"Connection: close"), refused=False, answers=2),
}
"""Requests that are odd: any answer is right but an error of the service."""


def run_raw_requests(_: Scale, folder: Path) -> Outcome:
    """Rows of each kind: requests sent, and those answered wrongly."""
    write_corpus(folder / "corpus", 60)
    build_index(folder / "corpus", folder / "index")
    kinds = {"framing": FRAMING, "malformed": MALFORMED, "odd": ODD}
    with serving(folder / "service", "--index", folder / "index", "--workers", "2") as service:
        rows = [_row(kind, requests, service.port) for kind, requests in kinds.items()]
        said = service.said()
    return Outcome((*rows, Row("log without a traceback", 1, int("Traceback" in said))))


def _row(kind: str, requests: Mapping[str, Sent], port: int) -> Row:
    with ThreadPoolExecutor(8) as pool:
        problems = pool.map(lambda item: _problem(item[0], item[1], port), requests.items())
    return count_failures(f"{kind} requests", problems)


def _problem(name: str, sent: Sent, port: int) -> str:
    try:
        exchange = send_raw(port, sent.content, timeout=8)
    except (OSError, ValueError) as error:
        return f"{name}: {error}"
    wrong = wrong_in(exchange, sent.refused, sent.answers)
    return f"{name}: {wrong}" if wrong else ""


def wrong_in(exchange: Exchange, refused: bool, most: int = 1) -> str:
    """What is wrong with the responses to a request, which are so many at most; empty if nothing is."""
    if not exchange.answers:
        return "no answer"
    for answer in exchange.answers:
        if answer.status >= 500 and answer.status not in NOT_OFFERED:
            return f"status {answer.status}"
        if answer.status >= 400 and answer.headers.get("content-type", "") != "application/problem+json":
            return f"status {answer.status} as {answer.headers.get('content-type', 'nothing')}"
    if refused and exchange.answers[0].status < 400:
        return f"answered with {exchange.answers[0].status}"
    if len(exchange.answers) > most:
        return f"{len(exchange.answers)} answers, with {exchange.answers[most].status}"
    return "" if exchange.closed or not refused else "the connection stays open after an error"
