"""Requests a second of the search service, beside the same server with a constant answer."""

from __future__ import annotations

import os
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.parse import quote, urlencode

import falcon

from bench.load import Load, offer_load
from bench.sidebyside import note
from bench.tables import figure, ratio, table
from kb.settings import Settings
from kb.web.app import open_app
from kb.web.server import serve

CONNECTIONS = 4
SECONDS = 5.0
AT_MOST = 4_500
"""Answers of one round: no worker comes to 20,000 in all, after which the service would replace it."""

ROUNDS = 3
BODY_BYTES = 3072

_SPAWN = get_context("spawn")


def http_section(index: Path, queries: Sequence[str]) -> str:
    """The requests a second over an index of ours, as Markdown."""
    searches = search_paths(queries)
    with (
        running(index, open_app, searches[0]) as service,
        running(index, open_app, searches[0], answer_cache_mb=0) as forgetful,
        running(index, constant_app, "/") as constant,
    ):
        for server in (service, forgetful):
            ask(server, searches)
        rounds = [(ask(service, searches), ask(forgetful, searches), ask(constant, ["/"])) for _ in range(ROUNDS)]
    kept, made, bare = (_middle(loads) for loads in zip(*rounds, strict=True))
    rows = [
        _row("`/v1/search`, each query asked before", kept, bare),
        _row("`/v1/search`, no answers kept (`answer_cache_mb = 0`)", made, bare),
        _row("the same server, a constant answer", bare, bare),
    ]
    heads = ["answers", "requests/s", "of the constant one's", "ms a request", "body, bytes", "not 200"]
    return table(heads, rows)


def search_paths(queries: Sequence[str], **parameters: str) -> list[str]:
    """What to ask the service for."""
    return [f"/v1/search?{urlencode({'q': query, **parameters}, quote_via=quote)}" for query in queries]


def constant_app(_: Settings) -> falcon.App[Any, Any]:
    """The least that Falcon can do: a body of JSON that is there already."""
    app = falcon.App()
    app.add_route("/", _Constant())
    return app


class _Constant:
    body = b'{"body": "' + b"a" * (BODY_BYTES - 12) + b'"}'

    def on_get(self, _: falcon.Request, resp: falcon.Response) -> None:
        resp.data = self.body


class Server(NamedTuple):
    """A server, by its port and the id of its process."""

    port: int
    process: int


@contextmanager
def running(
    index: Path, app: Callable[[Settings], Any], probe: str, workers: int = 1, **others: Any
) -> Iterator[Server]:
    """A server that has answered, with these settings and else with the defaults."""
    settings = Settings(index=str(index), port=_free_port(), workers=workers, **others)
    process = _SPAWN.Process(target=_serve_quietly, args=(settings, app))
    process.start()
    try:
        _wait_for(process, f"http://127.0.0.1:{settings.port}{probe}")
        yield Server(settings.port, process.pid or 0)
    finally:
        process.terminate()
        process.join()


def _serve_quietly(settings: Settings, app: Callable[[Settings], Any]) -> None:
    # The log of requests is written as in service, but to nowhere.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    serve(settings, app)


def _wait_for(server: BaseProcess, url: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, ConnectionError):
            if not server.is_alive() or time.monotonic() > end:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def ask(server: Server, paths: Sequence[str], connections: int = CONNECTIONS) -> Load:
    """What the server does when it is asked for the paths again and again."""
    note(f"load on {paths[0]}")
    with ProcessPoolExecutor(1, _SPAWN) as pool:
        return pool.submit(offer_load, server.port, paths, connections, SECONDS, AT_MOST).result()


def _middle(loads: Sequence[Load]) -> Load:
    return sorted(loads, key=lambda load: load.per_second)[len(loads) // 2]


def _row(name: str, load: Load, bare: Load) -> list[str]:
    return [
        name,
        figure(load.per_second),
        ratio(load.per_second, bare.per_second),
        figure(1000 / load.per_second),
        figure(load.body_bytes / load.answers),
        str(load.refused),
    ]
