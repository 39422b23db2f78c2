"""`/v1/articles/{id}`: whole articles as JSON."""

from __future__ import annotations

import unicodedata

import falcon
import msgspec

from kb.query.request import parse_request
from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.web.answers import send_json
from kb.web.caching import announce, entity_tag, is_known
from kb.web.parameters import given_parameters

_PARAMETERS = frozenset({"q"})


class ArticleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An article: offsets of snippets are into `text`; `html` is the same text in paragraphs, marked and safe."""

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
    """Articles by id; with `q`, its words are marked in the HTML."""

    def __init__(self, live: LiveSearcher, settings: Settings) -> None:
        self._live = live
        self._settings = settings

    def on_get(self, req: falcon.Request, resp: falcon.Response, article_id: str) -> None:
        parameters = given_parameters(req, _PARAMETERS)
        q = parse_request(parameters, self._settings).q
        name = article_name(article_id)
        searcher = self._live.current()
        tag = entity_tag(searcher.generation, "article", {"id": name, "q": q})
        article = searcher.article(name)
        announce(resp, searcher.generation, tag)
        if is_known(req, resp, tag):
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


def article_name(path: str) -> str:
    """The id that a path of an address stands for; ids are NFC, addresses may be typed otherwise."""
    return unicodedata.normalize("NFC", path)
