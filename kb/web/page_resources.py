"""The pages: search, article, and what crawlers are told."""

from __future__ import annotations

import falcon
import msgspec

from kb.query.request import request_parameters
from kb.results import SearchRequest
from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.web.addresses import article_address, external_address
from kb.web.answers import send_html
from kb.web.articles_api import article_name
from kb.web.caching import SHARED, announce, entity_tag, is_known, withhold
from kb.web.pages import FACETS, date_words, language_tag, make_results, visible, with_first_mark_named
from kb.web.parameters import Reading, first_parameters, read_leniently
from kb.web.rendering import Templates
from kb.web.turns import Turns

PASSAGES = 2
PASSAGE_CHARS = 220


class SearchPage:
    """`/`: the search box alone, or with the results of what was asked."""

    def __init__(self, live: LiveSearcher, settings: Settings, templates: Templates, turns: Turns) -> None:
        self._live = live
        self._settings = settings
        self._templates = templates
        self._turns = turns

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        parameters = first_parameters(req)
        reading = read_leniently(parameters, self._settings)
        searcher = self._live.current()
        if reading.refusal:
            resp.status = 400
            withhold(resp)
            shown = visible(parameters.get("q", ""))[: self._settings.query_chars]
            self._send_home(resp, reading, searcher.facts()["articles"], shown)
            return
        tag = entity_tag(searcher.generation, f"page {self._templates.version}", _tagged(reading))
        announce(resp, searcher.generation, tag)
        if is_known(req, resp, tag):
            return
        if not visible(reading.request.q):
            self._send_home(resp, reading, searcher.facts()["articles"], "")
            return
        request = _for_the_page(reading.request)
        with self._turns.turn():
            page = searcher.answer(request)
        if page.partial:
            withhold(resp)
        results = make_results(request, page, self._settings.max_depth)
        html = self._templates.render(
            "results.html",
            results=results,
            report=page.query,
            is_partial=page.partial,
            reading=reading,
            query=results.q,
        )
        send_html(resp, html)

    on_head = on_get

    def _send_home(self, resp: falcon.Response, reading: Reading, articles: int, query: str) -> None:
        send_html(resp, self._templates.render("home.html", articles=articles, reading=reading, query=query))


class ArticlePage:
    """`/articles/{id}`: an article to read, with the words of `q` marked."""

    def __init__(self, live: LiveSearcher, settings: Settings, templates: Templates) -> None:
        self._live = live
        self._settings = settings
        self._templates = templates

    def on_get(self, req: falcon.Request, resp: falcon.Response, article_id: str) -> None:
        # An article is worth reading without marks, so whatever is wrong with `q` costs only the marks.
        given = {name: value for name, value in first_parameters(req).items() if name == "q"}
        q = read_leniently(given, self._settings).request.q
        name = article_name(article_id)
        searcher = self._live.current()
        tag = entity_tag(searcher.generation, f"article page {self._templates.version}", {"id": name, "q": q})
        article = searcher.article(name)
        announce(resp, searcher.generation, tag)
        if is_known(req, resp, tag):
            return
        view = searcher.view(name, q)
        html, marks = with_first_mark_named(view.html)
        page = self._templates.render(
            "article.html",
            article=article,
            title_html=view.title_html,
            html=html,
            marks=marks,
            query=visible(q),
            published_words=date_words(article.published),
            language=language_tag(article.language),
            original=external_address(article.url),
            canonical=article_address(name),
        )
        send_html(resp, page)

    on_head = on_get


class Robots:
    """`/robots.txt`: articles may be indexed, lists of results and the API not."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = "User-agent: *\nDisallow: /v1/\nDisallow: /?\n"
        resp.content_type = falcon.MEDIA_TEXT
        resp.cache_control = SHARED

    on_head = on_get


def _for_the_page(request: SearchRequest) -> SearchRequest:
    return msgspec.structs.replace(
        request, facets=tuple(FACETS), snippets=PASSAGES, snippet_chars=PASSAGE_CHARS, mode="visitor"
    )


def _tagged(reading: Reading) -> dict[str, str]:
    return request_parameters(reading.request) | {f"notice {n}": text for n, text in enumerate(reading.notices)}
