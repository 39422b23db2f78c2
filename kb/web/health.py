"""`/healthz` and `/readyz`: whether the process lives, and whether it can answer."""

from __future__ import annotations

import logging
from urllib.parse import quote

import falcon
import msgspec

from kb.errors import KbError
from kb.results import SearchRequest
from kb.search.live import LiveSearcher
from kb.web.answers import PROBLEM, send_json
from kb.web.problems import RETRY_SECONDS, Problem, phrase

PROBE = SearchRequest(q="health", limit=1)

log = logging.getLogger("kb.web")


class Alive:
    """Says that the process answers; it looks at nothing, so that a missing index never restarts the process."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.cache_control = ["no-store"]
        send_json(resp, {"status": "alive"})

    on_head = on_get


class Readiness(msgspec.Struct, frozen=True):
    status: str
    generation: str
    articles: int


class Ready:
    """Says whether a generation is open and has just answered a search; if not, why."""

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
        send_json(resp, Readiness("ready", searcher.generation, articles))

    on_head = on_get


def _refuse(req: falcon.Request, resp: falcon.Response, error: Exception) -> None:
    if isinstance(error, KbError):
        code, reason = error.code, str(error)
    else:
        # What an unexpected exception says may be about anything; the log has it, the public does not.
        log.error("the probe search failed", exc_info=error)
        code, reason = "not_ready", f"the probe search failed with {type(error).__name__}"
    resp.status = 503
    resp.set_header("Retry-After", RETRY_SECONDS)
    problem = Problem(title=phrase(503), status=503, detail=reason, instance=quote(req.path), code=code)
    send_json(resp, problem, PROBLEM)
