"""Health checks: `/healthz` for liveness, `/readyz` for readiness."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

import falcon
import msgspec

from kb.errors import KbError
from kb.results import SearchRequest
from kb.search.freshness import Freshness, freshness_of
from kb.search.live import LiveSearcher
from kb.web.answers import PROBLEM, send_json
from kb.web.problems import RETRY_AFTER_SECONDS, describe, make_problem

PROBE = SearchRequest(q="health", limit=1)
"""Search made by the readiness probe."""

log = logging.getLogger("kb.web")


class Liveness:
    """Liveness probe; independent of the index, as a restart would not bring an index back."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.cache_control = ["no-store"]
        send_json(resp, {"status": "alive"})

    on_head = on_get


class ReadinessReport(msgspec.Struct, frozen=True):
    """Body of a positive answer; a stale index is ready as well, and `watcher` tells the freshness."""

    status: Literal["ready"]
    generation: str
    articles: int
    watcher: Freshness


class Readiness:
    """Readiness probe: a generation is open and answers a search; else 503 with the reason."""

    def __init__(self, live: LiveSearcher, index: Path) -> None:
        self._live = live
        self._index = index

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.cache_control = ["no-store"]
        try:
            searcher = self._live.current()
            searcher.answer(PROBE)
            articles = searcher.facts()["articles"]
        except Exception as error:
            _refuse(req, resp, error)
            return
        resp.set_header("KB-Generation", searcher.generation)
        send_json(resp, ReadinessReport("ready", searcher.generation, articles, freshness_of(self._index)))

    on_head = on_get


def _refuse(req: falcon.Request, resp: falcon.Response, error: Exception) -> None:
    if isinstance(error, KbError):
        # The text may name folders of this machine: to the log only, like that of an unexpected exception.
        log.warning("not ready: %s", error)
        code, detail = error.code, describe(error, req.path).detail
    else:
        log.error("the probe search failed", exc_info=error)
        code, detail = "not_ready", f"the probe search failed with {type(error).__name__}"
    resp.status = 503
    resp.set_header("Retry-After", RETRY_AFTER_SECONDS)
    send_json(resp, make_problem(503, req.path, detail=detail, code=code), PROBLEM)
