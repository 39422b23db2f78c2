"""`/v1/search` and `/v1/suggest`: searches and completions as JSON."""

from __future__ import annotations

import falcon
import msgspec

from kb.errors import RequestError
from kb.query.request import parse_request, request_parameters
from kb.results import Suggestion
from kb.search.live import LiveSearcher
from kb.search.page_json import encode_page
from kb.settings import Settings
from kb.web.answer_cache import AnswerCache
from kb.web.answers import SUGGESTIONS, send_encoded, send_json
from kb.web.caching import announce, entity_tag, is_known, withhold
from kb.web.opensearch import base_address, suggestions_array
from kb.web.parameters import given_parameters
from kb.web.turns import Turns

_SUGGEST_PARAMETERS = frozenset({"q", "format"})
_FORMATS = ("json", "opensearch")


class Search:
    """Searches: the answer is a ResultPage, field for field."""

    def __init__(self, live: LiveSearcher, settings: Settings, turns: Turns) -> None:
        self._live = live
        self._settings = settings
        self._turns = turns
        self._kept = AnswerCache(settings.answer_cache_mb * 1_000_000)

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        request = parse_request(given_parameters(req), self._settings)
        searcher = self._live.current()
        tag = entity_tag(searcher.generation, "search", request_parameters(request))
        announce(resp, searcher.generation, tag)
        if is_known(req, resp, tag):
            return
        body = self._kept.get(tag)
        if body is None:
            with self._turns.turn():
                page = searcher.answer(request)
            body = encode_page(page)
            if page.partial:
                withhold(resp)
            else:
                self._kept.keep(tag, body)
        send_encoded(resp, body)

    on_head = on_get


class Completions(msgspec.Struct, frozen=True):
    """What a query being typed may become."""

    query: str
    generation: str
    suggestions: tuple[Suggestion, ...]


class Suggest:
    """Completions, in our own shape or in the one that browsers' search boxes ask for."""

    def __init__(self, live: LiveSearcher, settings: Settings) -> None:
        self._live = live
        self._settings = settings

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        parameters = given_parameters(req, _SUGGEST_PARAMETERS)
        q = parse_request({"q": parameters.get("q", "")}, self._settings).q
        shape = parameters.get("format") or _preferred_format(req)
        if shape not in _FORMATS:
            raise RequestError("format", f"expected one of: {', '.join(_FORMATS)}")
        resp.append_header("Vary", "Accept")
        base = base_address(req, self._settings) if shape == "opensearch" else ""
        searcher = self._live.current()
        tag = entity_tag(searcher.generation, "suggest", {"q": q, "format": shape, "base": base})
        announce(resp, searcher.generation, tag)
        if is_known(req, resp, tag):
            return
        suggestions = searcher.suggest(q)
        if shape == "opensearch":
            send_json(resp, suggestions_array(q, suggestions, base), SUGGESTIONS)
        else:
            send_json(resp, Completions(q, searcher.generation, suggestions))

    on_head = on_get


def _preferred_format(req: falcon.Request) -> str:
    # Only a client that names the type gets it: `*/*` means that any will do, and ours is the documented one.
    return "opensearch" if SUGGESTIONS in req.accept else "json"
