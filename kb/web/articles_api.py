"""`/v1/articles/{id}`: whole articles as JSON."""

from __future__ import annotations

import unicodedata

import falcon
import msgspec

from kb.query.request import parse_request
from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.web.answers import send_json
from kb.web.caching import entity_tag, is_not_modified, make_cacheable
from kb.web.parameters import strict_parameters

_PARAMETERS = frozenset({"q"})


class ArticleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An article: snippet offsets refer to `text`; `html` is `text` as safe paragraphs, highlighted."""

    id: str
    title: str
    text: str
    html: str
    url: str | None
    site: str | None
    author: str | None
    published: str | None
    tags: tuple[str, ...]
    language: str | None
    summary: str | None
    format: str
    generation: str


class Articles:
    """Resource of an article by id; the words of `q` are highlighted in the HTML."""

    def __init__(self, live: LiveSearcher, settings: Settings) -> None:
        self._live = live
        self._settings = settings

    def on_get(self, req: falcon.Request, resp: falcon.Response, article_id: str) -> None:
        parameters = strict_parameters(req, _PARAMETERS)
        q = parse_request(parameters, self._settings).q
        name = normalised_id(article_id)
        searcher = self._live.current()
        tag = entity_tag(searcher.identity, "article", {"id": name, "q": q})
        article = searcher.article(name)
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        send_json(
            resp,
            ArticleAnswer(
                id=article.id,
                title=article.title,
                text=article.text,
                html=searcher.view(name, q).html,
                url=article.url,
                site=article.site,
                author=article.author,
                published=article.published,
                tags=article.tags,
                language=article.language,
                summary=article.summary,
                format=article.format,
                generation=searcher.generation,
            ),
        )

    on_head = on_get


def normalised_id(path: str) -> str:
    """Article id of a request path: ids are in Unicode form NFC, paths in any form."""
    return unicodedata.normalize("NFC", path)
