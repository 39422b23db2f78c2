"""Resources of the pages: search, article, robots."""

from __future__ import annotations

import falcon
import msgspec

from kb.query.request import request_parameters
from kb.results import SearchRequest
from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.web.addresses import article_address, external_address
from kb.web.answers import send_html
from kb.web.articles_api import normalised_id
from kb.web.caching import SHORT_LIVED, entity_tag, forbid_storing, is_not_modified, make_cacheable
from kb.web.pages import FACET_LABELS, anchor_first_mark, format_date, language_tag, printable, view_results
from kb.web.parameters import PageRequest, lenient_parameters, parse_leniently
from kb.web.rendering import Templates
from kb.web.search_lock import SearchLock

SNIPPETS = 2
"""Snippets of a hit on the search page."""

SNIPPET_CHARS = 220
"""Target length of a snippet, in code points."""


class SearchPage:
    """`/`: the home page with the search box, or the results of a query."""

    def __init__(self, live: LiveSearcher, settings: Settings, templates: Templates, lock: SearchLock) -> None:
        self._live = live
        self._settings = settings
        self._templates = templates
        self._lock = lock

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        parameters = lenient_parameters(req)
        page_request = parse_leniently(parameters, self._settings)
        searcher = self._live.current()
        if page_request.refusal:
            resp.status = 400
            forbid_storing(resp)
            query = printable(parameters.get("q", ""))[: self._settings.query_chars]
            self._send_home(resp, page_request, searcher.facts()["articles"], query)
            return
        tag = entity_tag(searcher.identity, f"page {self._templates.version}", _tag_parameters(page_request))
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        if not printable(page_request.request.q):
            self._send_home(resp, page_request, searcher.facts()["articles"], "")
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
        )
        send_html(resp, html)

    on_head = on_get

    def _send_home(self, resp: falcon.Response, page_request: PageRequest, articles: int, query: str) -> None:
        send_html(resp, self._templates.render("home.html", articles=articles, page_request=page_request, query=query))


class ArticlePage:
    """`/articles/{id}`: the page of an article, with the words of `q` highlighted."""

    def __init__(self, live: LiveSearcher, settings: Settings, templates: Templates) -> None:
        self._live = live
        self._settings = settings
        self._templates = templates

    def on_get(self, req: falcon.Request, resp: falcon.Response, article_id: str) -> None:
        # An error in `q` costs the highlights only: the article is worth reading without.
        given = {name: value for name, value in lenient_parameters(req).items() if name == "q"}
        q = parse_leniently(given, self._settings).request.q
        name = normalised_id(article_id)
        searcher = self._live.current()
        tag = entity_tag(searcher.identity, f"article page {self._templates.version}", {"id": name, "q": q})
        article = searcher.article(name)
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        view = searcher.view(name, q)
        html, marks = anchor_first_mark(view.html)
        page = self._templates.render(
            "article.html",
            article=article,
            title_html=view.title_html,
            html=html,
            marks=marks,
            query=printable(q),
            published_words=format_date(article.published),
            language=language_tag(article.language),
            original=external_address(article.url),
            canonical=article_address(name),
        )
        send_html(resp, page)

    on_head = on_get


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
