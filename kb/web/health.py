"""Health checks: `/healthz` for liveness, `/readyz` for readiness."""

from __future__ import annotations

import logging
from typing import Literal

import falcon
import msgspec

from kb.errors import KbError
from kb.results import SearchRequest
from kb.search.live import LiveSearcher
from kb.web.answers import PROBLEM, send_json
from kb.web.problems import RETRY_AFTER_SECONDS, make_problem

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
    """Body of a positive answer."""

    status: Literal["ready"]
    generation: str
    articles: int


class Readiness:
    """Readiness probe: a generation is open and answers a search; else 503 with the reason."""

    def __init__(self, live: LiveSearcher) -> None:
        self._live = live

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
        send_json(resp, ReadinessReport("ready", searcher.generation, articles))

    on_head = on_get


def _refuse(req: falcon.Request, resp: falcon.Response, error: Exception) -> None:
    if isinstance(error, KbError):
        code, reason = error.code, str(error)
    else:
        # The text of an unexpected exception may reveal internals: to the log only.
        log.error("the probe search failed", exc_info=error)
        code, reason = "not_ready", f"the probe search failed with {type(error).__name__}"
    resp.status = 503
    resp.set_header("Retry-After", RETRY_AFTER_SECONDS)
    send_json(resp, make_problem(503, req.path, detail=reason, code=code), PROBLEM)
