"""`/articles/{id}`: an article to read; a very long one in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import falcon

from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.snippets.article_view import ArticleView
from kb.web.addresses import article_address, external_address
from kb.web.answer_cache import AnswerCache
from kb.web.answers import encode_html, send_encoded
from kb.web.articles_api import normalised_id
from kb.web.caching import entity_tag, forbid_storing, is_not_modified, make_cacheable
from kb.web.hosts import PublicAddress
from kb.web.pages import anchor_first_mark, format_date, language_tag, printable
from kb.web.parameters import lenient_parameters, parse_leniently, part_number
from kb.web.rendering import Templates
from kb.web.search_lock import SearchLock


@dataclass(frozen=True)
class PartLinks:
    """The part of an article that a page shows, and links to others."""

    number: int
    last: int
    previous: str | None
    next: str | None
    marked: str | None
    """Address of the first highlight in the next part that has one."""
    marked_number: int | None


class PageSources(NamedTuple):
    """What the pages of a worker share."""

    lock: SearchLock
    cache: AnswerCache
    address: PublicAddress


class ArticlePage:
    """Resource of the page of an article by id, or of a part of it, with the words of `q` highlighted."""

    def __init__(self, live: LiveSearcher, settings: Settings, templates: Templates, sources: PageSources) -> None:
        self._live = live
        self._settings = settings
        self._templates = templates
        self._lock, self._cache, self._address = sources

    def on_get(self, req: falcon.Request, resp: falcon.Response, article_id: str) -> None:
        # An error in `q` costs the highlights only: the article is worth reading without.
        parameters = lenient_parameters(req)
        given = {name: value for name, value in parameters.items() if name == "q"}
        q = parse_leniently(given, self._settings).request.q
        name, part = normalised_id(article_id), part_number(parameters.get("part", "")) or 1
        self._address.vary(resp)
        searcher = self._live.current()
        asked = {"id": name, "q": q, "part": str(part)}
        tag = entity_tag(searcher.identity, f"article page {self._templates.version}", asked)
        searcher.record(name)
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        has_address = self._address.of(req) is not None
        key = f"{tag} {has_address}"
        body = self._cache.get(key)
        if body is None:
            with self._lock.held():
                view = searcher.view(name, q, part)
            body = encode_html(self._render(view, q, has_address))
            if view.is_partial:
                forbid_storing(resp)
            else:
                self._cache.put_page(key, body)
        send_encoded(resp, body, falcon.MEDIA_HTML)

    on_head = on_get

    def _render(self, view: ArticleView, q: str, has_address: bool) -> str:
        article, (html, marks) = view.article, anchor_first_mark(view.html)
        return self._templates.render(
            "article.html",
            article=article,
            title_html=view.title_html,
            html=html,
            marks=marks,
            parts=link_parts(view, q),
            query=printable(q),
            published_words=format_date(article.published),
            language=language_tag(article.language),
            original=external_address(article.url),
            canonical=article_address(article.id, part=view.part),
            has_address=has_address,
        )


def link_parts(view: ArticleView, q: str) -> PartLinks:
    """The part of a view, and links to the parts before and behind."""
    article_id, number, last, marked = view.article.id, view.part, view.parts, view.marked_part
    is_elsewhere = marked is not None and marked != number
    return PartLinks(
        number=number,
        last=last,
        previous=article_address(article_id, q, number - 1) if number > 1 else None,
        next=article_address(article_id, q, number + 1) if number < last else None,
        marked=f"{article_address(article_id, q, marked)}#first-match" if marked and is_elsewhere else None,
        marked_number=marked if is_elsewhere else None,
    )
