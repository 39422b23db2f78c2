"""Query text to a page of results: what the service, the command line and a Python program search with."""

from __future__ import annotations

import time
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from kb.article import Article
from kb.engine.interface import Answer, Engine, Question, Ranking, Selection
from kb.query.interpretation import interpret, understand
from kb.query.request import encodable, parse_request, quoted_name, request_parameters, search_url
from kb.query.trees import TreeBuilder
from kb.results import FacetCount, Hit, Match, QueryReport, ResultPage, SearchRequest, Suggestion, Total
from kb.search.hits import make_hits
from kb.search.suggest import Suggester
from kb.settings import Settings
from kb.snippets.article_view import ArticleView, view_article
from kb.text.tokens import Analyzer


class Searcher:
    """Answers requests from one generation of the index; safe to share between threads."""

    def __init__(self, engine: Engine, analyzer: Analyzer, settings: Settings) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._settings = settings
        self._suggestions = Suggester(engine, analyzer)

    @property
    def generation(self) -> str:
        return self._engine.generation

    def search(self, q: str = "", **parameters: Any) -> ResultPage:
        """The page of results for a query; parameters have the names of the HTTP API.

        `from` is written `from_`; filters are a mapping, `filter={"site": "Sleep desk"}`. Raises RequestError.
        """
        return self.answer(parse_request(_as_texts(q, parameters), self._settings))

    def answer(self, request: SearchRequest) -> ResultPage:
        """The page of results for a request; raises QuerySyntaxError for a staff query that does not parse."""
        started = time.monotonic()
        deadline = started + self._settings.query_ms / 1000
        question, report = interpret(request, self._engine.dictionary, self._analyzer, self._settings)
        answer = self._engine.answer(question, _selection(request), deadline)
        hits = make_hits(answer, question.query_terms, request)
        return ResultPage(
            query=_with_warnings(report, question, answer),
            query_id=_query_id(self.generation, request),
            generation=self.generation,
            took_ms=round(1000 * (time.monotonic() - started), 2),
            partial=answer.partial,
            total=Total(answer.total, "gte" if answer.partial else "eq"),
            offset=request.offset,
            limit=request.limit,
            next=self._next(request, answer.total),
            previous=_previous(request),
            hits=self._explained(question, hits) if request.explain else hits,
            facets={name: tuple(FacetCount(*row) for row in rows) for name, rows in answer.facets.items()},
            suggestions=self._instead(request) if not answer.total else (),
        )

    def top(self, q: str = "", limit: int = 10, match: Match = "most") -> Ranking:
        """The ids and scores of the best articles, and how many there are: what `search` finds, without its page."""
        request = SearchRequest(q=q[: self._settings.query_chars], limit=limit, match=match)
        builder = TreeBuilder(
            self._analyzer, self._engine.dictionary, exact=False, expansions=self._settings.query_expansions
        )
        question = understand(request, builder, self._analyzer, self._settings).question
        deadline = time.monotonic() + self._settings.query_ms / 1000
        return self._engine.rank(question, _selection(request), deadline)

    def suggest(self, q: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """What somebody who has typed `q` may be looking for, best first."""
        return self._suggestions(encodable(q[: self._settings.query_chars]), limit)

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFound."""
        return self._engine.article(article_id)

    def view(self, article_id: str, q: str = "") -> ArticleView:
        """One article as HTML with the words of a query marked; raises ArticleNotFound."""
        article = self.article(article_id)
        request = SearchRequest(q=encodable(q[: self._settings.query_chars]))
        question, _ = interpret(request, self._engine.dictionary, self._analyzer, self._settings)
        return view_article(article, question.query_terms, self._analyzer)

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles and segments."""
        return self._engine.facts()

    def close(self) -> None:
        self._engine.close()

    def _explained(self, question: Question, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        explanations = self._engine.explain(question, [hit.id for hit in hits])
        return tuple(msgspec.structs.replace(h, explanation=e) for h, e in zip(hits, explanations, strict=True))

    def _next(self, request: SearchRequest, total: int) -> str | None:
        offset = request.offset + request.limit
        if offset >= total or offset + request.limit > self._settings.max_depth:
            return None
        return search_url(msgspec.structs.replace(request, offset=offset))

    def _instead(self, request: SearchRequest) -> tuple[str, ...]:
        found = (s for word in request.q.split()[:8] for s in self._suggestions(word, 2))
        return tuple(dict.fromkeys(suggestion.text for suggestion in found))[:5]


def _with_warnings(report: QueryReport, question: Question, answer: Answer) -> QueryReport:
    """The report, with what only the answer shows: words that stand nowhere."""
    missing = [question.query_terms[n] for n in answer.unknown]
    said = [f"No article has {query_term.text}." for query_term in missing if query_term.kind in ("stem", "exact")]
    return msgspec.structs.replace(report, warnings=(*report.warnings, *said)) if said else report


def _previous(request: SearchRequest) -> str | None:
    if request.offset == 0:
        return None
    return search_url(msgspec.structs.replace(request, offset=max(0, request.offset - request.limit)))


def _selection(request: SearchRequest) -> Selection:
    return Selection(
        filters=request.filters,
        published_from=request.published_from,
        published_to=request.published_to,
        sort=request.sort,
        offset=request.offset,
        limit=request.limit,
        facets=request.facets,
    )


def _query_id(generation: str, request: SearchRequest) -> str:
    # Made from what was asked, so that an answer from a cache has the same id as the one that filled it.
    return blake2b(msgspec.json.encode([generation, request_parameters(request)]), digest_size=8).hexdigest()


def _as_texts(q: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    texts = {"q": q}
    for name, value in parameters.items():
        if name == "filter":
            texts |= {f"filter[{field}]": _joined(values) for field, values in value.items()}
        elif value is not None:
            texts[name.rstrip("_")] = str(value).lower() if isinstance(value, bool) else _joined(value, plain=True)
    return texts


def _joined(values: Any, *, plain: bool = False) -> str:
    listed = list(values) if isinstance(values, list | tuple) else [values]
    return ",".join(str(value) if plain else quoted_name(str(value)) for value in listed)
