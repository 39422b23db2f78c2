"""`/v1/search` and `/v1/suggest`: result pages and suggestions as JSON."""

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
from kb.web.caching import entity_tag, forbid_storing, is_not_modified, make_cacheable
from kb.web.hosts import PublicAddress
from kb.web.opensearch import suggestions_array
from kb.web.parameters import strict_parameters
from kb.web.search_lock import SearchLock

_SUGGEST_PARAMETERS = frozenset({"q", "format"})
_FORMATS = ("json", "opensearch")


class Search:
    """Resource of a search: answers with a ResultPage, field for field."""

    def __init__(self, live: LiveSearcher, settings: Settings, lock: SearchLock, cache: AnswerCache) -> None:
        self._live = live
        self._settings = settings
        self._lock = lock
        self._cache = cache

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        request = parse_request(strict_parameters(req), self._settings)
        searcher = self._live.current()
        tag = entity_tag(searcher.identity, "search", request_parameters(request))
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        body = self._cache.get(tag)
        if body is None:
            with self._lock.held():
                page = searcher.answer(request)
            body = encode_page(page)
            if page.partial:
                forbid_storing(resp)
            else:
                self._cache.put(tag, body)
        send_encoded(resp, body)

    on_head = on_get


class SuggestAnswer(msgspec.Struct, frozen=True):
    """Completions of a query."""

    query: str
    generation: str
    suggestions: tuple[Suggestion, ...]
    partial: bool | msgspec.UnsetType = msgspec.UNSET
    """Only if the time allowed ran out before all words were looked at."""


class Suggestions:
    """Resource of suggestions, in the format of the API or of OpenSearch."""

    def __init__(self, live: LiveSearcher, settings: Settings, address: PublicAddress) -> None:
        self._live = live
        self._settings = settings
        self._address = address

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        parameters = strict_parameters(req, _SUGGEST_PARAMETERS)
        q = parse_request({"q": parameters.get("q", "")}, self._settings).q
        answer_format = parameters.get("format") or _preferred_format(req)
        if answer_format not in _FORMATS:
            raise RequestError("format", f"expected one of: {', '.join(_FORMATS)}")
        resp.append_header("Vary", "Accept")
        base = self._address.of(req) if answer_format == "opensearch" else None
        searcher = self._live.current()
        tag = entity_tag(searcher.identity, "suggest", {"q": q, "format": answer_format, "base": base or ""})
        make_cacheable(resp, searcher.generation, tag)
        if answer_format == "opensearch":
            self._address.keep_private(resp)
        if is_not_modified(req, resp, tag):
            return
        suggestions, is_partial = searcher.suggestions(q)
        if is_partial:
            forbid_storing(resp)
        if answer_format == "opensearch":
            send_json(resp, suggestions_array(q, suggestions, base), SUGGESTIONS)
        else:
            send_json(resp, SuggestAnswer(q, searcher.generation, suggestions, is_partial or msgspec.UNSET))

    on_head = on_get


def _preferred_format(req: falcon.Request) -> str:
    # `*/*` does not ask for OpenSearch: the documented default is the format of the API.
    return "opensearch" if SUGGESTIONS in req.accept else "json"
