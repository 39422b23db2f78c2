"""A searcher over a few articles, small enough to check by eye: words are found as they are written."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec

from kb.article import Article
from kb.errors import ArticleNotFound
from kb.results import FacetCount, Hit, QueryReport, ResultPage, SearchRequest, Snippet, Suggestion, Total
from kb.search.suggest import Suggestions
from kb.snippets.article_view import ArticleView

ARTICLES = (
    Article(
        id="creatine.txt",
        title="Creatine and strength",
        text="Creatine helps short efforts. A dose of three grams a day is enough.\n\nDrink water with it.",
        site="sport.example",
        author="A. Writer",
        published="2024-05-03",
        tags=("strength", "supplements"),
        language="en",
        summary="What creatine does.",
    ),
    Article(
        id="sleep/naps & rest?.md",
        title="Naps",
        text="A short nap of twenty minutes helps.\n\nA long one makes tired.",
        site="rest.example",
        published="2021",
        tags=("sleep",),
        format="markdown",
    ),
    Article(
        id="caffeine.html",
        title="Caffeine",
        text="A dose of caffeine before noon helps. Later it costs sleep.",
        url="https://sport.example/caffeine",
        site="sport.example",
        published="2023-11-30",
        format="html",
    ),
)


@dataclass
class FakeSearcher:
    """Answers from `articles`; `report` and `overrides` replace parts of its answers."""

    articles: Sequence[Article] = ARTICLES
    generation: str = "gen-1"
    identity: str = "what answers are made of"
    report: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    asked: list[SearchRequest] = field(default_factory=list)
    failure: Exception | None = None
    is_out_of_time: bool = False
    paragraphs_are_parts: bool = False
    viewed: list[tuple[str, str, int]] = field(default_factory=list)

    def answer(self, request: SearchRequest) -> ResultPage:
        if self.failure:
            raise self.failure
        self.asked.append(request)
        matching = [article for article in self.articles if self._matches(article, request)]
        shown = matching[request.offset : request.offset + request.limit]
        page = ResultPage(
            query=QueryReport(
                text=request.q, searched=request.q.lower(), parsed=request.q, mode=request.mode, **self.report
            ),
            query_id="q-1",
            generation=self.generation,
            took_ms=0.42,
            partial=False,
            total=Total(len(matching), "eq"),
            offset=request.offset,
            limit=request.limit,
            next=None,
            previous=None,
            hits=tuple(_hit(article, request) for article in shown),
            facets={name: self._counts(name, matching) for name in request.facets},
            suggestions=() if matching else ("creatine",),
        )
        return msgspec.structs.replace(page, **self.overrides)

    def suggestions(self, q: str, limit: int = 8) -> Suggestions:
        matching = [article for article in self.articles if q.casefold() in article.title.casefold()]
        found = tuple(Suggestion(article.title, "title", _address(article)) for article in matching[:limit])
        return Suggestions(found, self.is_out_of_time)

    def article(self, article_id: str) -> Article:
        for article in self.articles:
            if article.id == article_id:
                return article
        raise ArticleNotFound(f"no article {article_id}")

    def record(self, article_id: str) -> Article:
        return msgspec.structs.replace(self.article(article_id), text="")

    def view(self, article_id: str, q: str, part: int = 1) -> ArticleView:
        """With `paragraphs_are_parts`, each paragraph of the text is a part."""
        self.viewed.append((article_id, q, part))
        paragraphs = self.article(article_id).text.split("\n\n")
        parts = len(paragraphs) if self.paragraphs_are_parts else 1
        number = min(part, parts)
        shown = [paragraphs[number - 1]] if self.paragraphs_are_parts else paragraphs
        html = "\n".join(f"<p>{_marked(paragraph, q)}</p>" for paragraph in shown)
        record, later = self.record(article_id), [*range(number + 1, parts + 1), *range(1, number + 1)]
        marked = [n for n in later if "<mark>" in _marked(paragraphs[n - 1], q)]
        return ArticleView(record, _marked(record.title, q), html, number, parts, marked[0] if marked else None)

    def facts(self) -> dict[str, int]:
        return {"articles": len(self.articles), "words": 50, "segments": 1}

    @staticmethod
    def _matches(article: Article, request: SearchRequest) -> bool:
        for name, values in request.filters:
            if not set(_values(article, name)) & set(values):
                return False
        words = re.findall(r"\w+", request.q.casefold())
        return bool(words) and all(word in f"{article.title} {article.text}".casefold() for word in words)

    @staticmethod
    def _counts(name: str, matching: Sequence[Article]) -> tuple[FacetCount, ...]:
        counts: dict[str, int] = {}
        for article in matching:
            for value in _values(article, name):
                counts[value] = counts.get(value, 0) + 1
        return tuple(FacetCount(value, count) for value, count in sorted(counts.items()))


@dataclass
class FakeLive:
    """The searcher of the moment, or the reason why there is none."""

    searcher: FakeSearcher = field(default_factory=FakeSearcher)
    failure: Exception | None = None

    def current(self) -> FakeSearcher:
        if self.failure:
            raise self.failure
        return self.searcher

    def close(self) -> None:
        self.failure = RuntimeError("closed")


def _hit(article: Article, request: SearchRequest) -> Hit:
    passage = article.text[: request.snippet_chars]
    return Hit(
        id=article.id,
        url=article.url or _address(article),
        title=article.title,
        title_html=_marked(article.title, request.q),
        site=article.site,
        author=article.author,
        published=article.published,
        tags=article.tags,
        score=1.0,
        matched=(),
        similar=None,
        snippets=(
            Snippet(
                _marked(passage, request.q),
                passage,
                0,
                len(passage),
                (),
                fragment=":~:text=" + quote(passage[:12]),
            ),
        ),
    )


def _values(article: Article, field_name: str) -> tuple[str, ...]:
    if field_name == "tag":
        return article.tags
    value = (article.published or "")[:4] if field_name == "year" else getattr(article, field_name)
    return (value,) if value else ()


def _address(article: Article) -> str:
    return "/articles/" + quote(article.id, safe="/")


def _marked(text: str, q: str) -> str:
    words = [re.escape(word) for word in re.findall(r"\w+", q)]
    if not words:
        return html.escape(text)
    pieces = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    return "".join(f"<mark>{html.escape(p)}</mark>" if n % 2 else html.escape(p) for n, p in enumerate(pieces))
