"""Resources of the search page and for crawlers."""

from __future__ import annotations

import falcon
import msgspec

from kb.query.request import request_parameters
from kb.results import SearchRequest
from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.web.answers import send_html
from kb.web.caching import SHORT_LIVED, entity_tag, forbid_storing, is_not_modified, make_cacheable
from kb.web.hosts import PublicAddress
from kb.web.pages import FACET_LABELS, printable, view_results
from kb.web.parameters import PageRequest, lenient_parameters, parse_leniently
from kb.web.rendering import Templates
from kb.web.search_lock import SearchLock

SNIPPETS = 2
"""Snippets of a hit on the search page."""

SNIPPET_CHARS = 220
"""Target length of a snippet, in code points."""


class SearchPage:
    """`/`: the home page with the search box, or the results of a query."""

    def __init__(
        self, live: LiveSearcher, settings: Settings, templates: Templates, lock: SearchLock, address: PublicAddress
    ) -> None:
        self._live = live
        self._settings = settings
        self._templates = templates
        self._lock = lock
        self._address = address

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        parameters = lenient_parameters(req)
        page_request = parse_leniently(parameters, self._settings)
        self._address.vary(resp)
        searcher = self._live.current()
        if page_request.refusal:
            resp.status = 400
            forbid_storing(resp)
            query = printable(parameters.get("q", ""))[: self._settings.query_chars]
            self._send_home(req, resp, page_request, searcher.facts()["articles"], query)
            return
        tag = entity_tag(searcher.identity, f"page {self._templates.version}", _tag_parameters(page_request))
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        if not printable(page_request.request.q):
            self._send_home(req, resp, page_request, searcher.facts()["articles"], "")
            return
        request = _with_page_defaults(page_request.request)
        with self._lock.held():
            page = searcher.answer(request)
        if page.partial:
            forbid_storing(resp)
        results = view_results(request, page, self._settings.max_depth)
        html = self._templates.render(
            "results.html",
            results=results,
            report=page.query,
            is_partial=page.partial,
            page_request=page_request,
            query=results.q,
            has_address=self._address.of(req) is not None,
        )
        send_html(resp, html)

    on_head = on_get

    def _send_home(
        self, req: falcon.Request, resp: falcon.Response, page_request: PageRequest, articles: int, query: str
    ) -> None:
        html = self._templates.render(
            "home.html",
            articles=articles,
            page_request=page_request,
            query=query,
            has_address=self._address.of(req) is not None,
        )
        send_html(resp, html)


class Robots:
    """`/robots.txt`: crawlers may read articles, neither result pages nor the API."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = "User-agent: *\nDisallow: /v1/\nDisallow: /?\n"
        resp.content_type = falcon.MEDIA_TEXT
        resp.cache_control = SHORT_LIVED

    on_head = on_get


def _with_page_defaults(request: SearchRequest) -> SearchRequest:
    return msgspec.structs.replace(
        request, facets=tuple(FACET_LABELS), snippets=SNIPPETS, snippet_chars=SNIPPET_CHARS, mode="visitor"
    )


def _tag_parameters(page_request: PageRequest) -> dict[str, str]:
    notices = {f"notice {index}": text for index, text in enumerate(page_request.notices)}
    return request_parameters(page_request.request) | notices
