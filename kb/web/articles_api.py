"""`/v1/articles/{id}`: whole articles as JSON."""

from __future__ import annotations

import threading
import unicodedata

import falcon
import msgspec

from kb.errors import RequestError
from kb.query.request import parse_request
from kb.search.addresses import plain_url
from kb.search.live import LiveSearcher
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.web.answer_cache import AnswerCache
from kb.web.answers import encode, send_encoded
from kb.web.caching import entity_tag, is_not_modified, make_cacheable
from kb.web.parameters import part_number, strict_parameters

_PARAMETERS = frozenset({"q", "part"})


class ArticleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An article: snippet offsets refer to `text`; `html` is `text` as safe paragraphs, highlighted.

    Of a very long text, `html` is one of several parts, and the answer has the number of the part and of all parts.
    """

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
    part: int | msgspec.UnsetType = msgspec.UNSET
    parts: int | msgspec.UnsetType = msgspec.UNSET


class Articles:
    """Resource of an article by id; the words of `q` are highlighted in the HTML."""

    def __init__(self, live: LiveSearcher, settings: Settings, cache: AnswerCache) -> None:
        self._live = live
        self._settings = settings
        self._cache = cache
        # Texts of many megabytes are encoded one after the other, so that their memory is not needed at once.
        self._turn = threading.Lock()

    def on_get(self, req: falcon.Request, resp: falcon.Response, article_id: str) -> None:
        parameters = strict_parameters(req, _PARAMETERS)
        part = _part_number(parameters.pop("part", "1"))
        q = parse_request(parameters, self._settings).q
        name = normalised_id(article_id)
        searcher = self._live.current()
        tag = entity_tag(searcher.identity, "article", {"id": name, "q": q, "part": str(part)})
        searcher.record(name)
        make_cacheable(resp, searcher.generation, tag)
        if is_not_modified(req, resp, tag):
            return
        body = self._cache.get(tag)
        if body is None:
            with self._turn:
                body = encode(_answer(searcher, name, q, part))
            self._cache.put_page(tag, body)
        send_encoded(resp, body)

    on_head = on_get


def _answer(searcher: Searcher, name: str, q: str, part: int) -> ArticleAnswer:
    view = searcher.view(name, q, part)
    if part > view.parts:
        raise RequestError("part", f"is {part}; the article has {view.parts} of them")
    article, has_parts = searcher.article(name), view.parts > 1
    return ArticleAnswer(
        id=article.id,
        title=article.title,
        text=article.text,
        html=view.html,
        url=plain_url(article.url),
        site=article.site,
        author=article.author,
        published=article.published,
        tags=article.tags,
        language=article.language,
        summary=article.summary,
        format=article.format,
        generation=searcher.generation,
        part=part if has_parts else msgspec.UNSET,
        parts=view.parts if has_parts else msgspec.UNSET,
    )


def _part_number(text: str) -> int:
    """The number of a part; raises RequestError for anything else."""
    number = part_number(text)
    if number is None:
        raise RequestError("part", "expected the number of a part of the article, from 1")
    return number


def normalised_id(path: str) -> str:
    """Article id of a request path: ids are in Unicode form NFC, paths in any form."""
    return unicodedata.normalize("NFC", path)
