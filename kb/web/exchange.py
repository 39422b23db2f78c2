"""Exchange of a request for an answer: gunicorn's parser, the application, and the whole answer in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from gunicorn.http import wsgi
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from kb.web.connection import Connection
from kb.web.refusals import MOST_DETAIL, OUR_FAULT, check_request, describe_refusal, encode_refusal


class Answer(NamedTuple):
    """An answer, head and body, and whether the connection takes another request."""

    content: bytes
    keeps_alive: bool


class _Output:
    """Socket of gunicorn's Response that keeps what is sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, part: bytes) -> None:
        self.parts.append(part)


class Exchange:
    """Answers of an application to heads of requests; for any number of threads.

    cfg, log         gunicorn's configuration and logger
    application      WSGI application
    may_keep_alive   whether a connection may stay open at the moment
    """

    def __init__(self, cfg: Any, log: Any, application: Any, may_keep_alive: Callable[[], bool]) -> None:
        self._cfg = cfg
        self._log = log
        self._application = application
        self._may_keep_alive = may_keep_alive

    def answer(self, head: bytes, connection: Connection) -> Answer:
        """Answer to the request with a head; a refusal if there is none."""
        req = None
        try:
            req = Request(self._cfg, IterUnreader([head]), connection.client, connection.requests)
            check_request(req)
            return self._apply(req, connection)
        except Exception as error:
            return self.refuse(error, connection, req)

    def refuse(self, error: Exception, connection: Connection, req: Any = None) -> Answer:
        """Answer to a request that failed, which is logged, with the end of the connection."""
        problem = describe_refusal(error, unquote(req.path) if req else "/")
        if problem.code == OUR_FAULT:
            self._log.error("error at %s", problem.instance, exc_info=error)
        else:
            self._log.warning("refused a request of %s: %s", _host_of(connection.client), str(error)[:MOST_DETAIL])
        return Answer(encode_refusal(problem, has_body=req is None or req.method != "HEAD"), keeps_alive=False)

    def _apply(self, req: Any, connection: Connection) -> Answer:
        # No body is read, so what follows the head cannot be told from a next request: the connection ends.
        if _announces_body(req):
            req.force_close()
            req._expected_100_continue = False
        req.body = io.BytesIO()
        output = _Output()
        started = datetime.now()
        resp, environ = wsgi.create(req, output, connection.client, connection.server, self._cfg)
        environ["wsgi.multithread"] = True
        chunks = self._application(environ, resp.start_response)
        try:
            if not self._may_keep_alive():
                resp.force_close()
            for chunk in chunks:
                resp.write(chunk)
            resp.close()
        finally:
            self._log.access(resp, req, environ, datetime.now() - started)
            if hasattr(chunks, "close"):
                chunks.close()
        return Answer(b"".join(output.parts), not resp.should_close())


def _announces_body(req: Any) -> bool:
    return req._expected_100_continue or any(
        name == "TRANSFER-ENCODING" or (name == "CONTENT-LENGTH" and value != "0") for name, value in req.headers
    )


def _host_of(client: Any) -> str:
    return str(client[0]) if isinstance(client, tuple) else "a local socket"
