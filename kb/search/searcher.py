"""Query text to a page of results, for the service, the command line and Python programs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from kb.article import Article
from kb.deadline import Deadline
from kb.engine.interface import Engine, Ranking, Selection
from kb.errors import SearcherClosed
from kb.explanation import Explanation
from kb.query.interpretation import interpret, new_builder, understand
from kb.query.request import encodable, parse_request, quoted_name, request_parameters, search_url
from kb.results import FacetCount, Hit, Match, ResultPage, SearchRequest, Suggestion, Total
from kb.search.hits import make_hits
from kb.search.identity import identity_of_answers
from kb.search.notices import with_notices
from kb.search.suggest import Suggester, Suggestions
from kb.settings import Settings
from kb.snippets.article_view import ArticleView, view_article
from kb.snippets.parts import part_at, part_of
from kb.text.tokens import Analyzer

_ALTERNATIVE_WORDS = 8
"""Words of a query without hits that are completed."""

_MAX_ALTERNATIVES = 5


class Searcher:
    """Searcher over one generation of the index; safe to share between threads.

    Every method but `close` raises SearcherClosed after `close`.
    """

    def __init__(self, engine: Engine, analyzer: Analyzer, settings: Settings, seal: str) -> None:
        """
        seal  digest of the content of the generation (`Generation.seal`)
        """
        self.seal = seal
        self.identity = identity_of_answers(seal, settings)
        """Digest of everything that an answer is made of besides the request."""
        self.generation = engine.generation
        self._open_engine: Engine | None = engine
        self._analyzer = analyzer
        self._settings = settings

    def search(self, q: str = "", **parameters: Any) -> ResultPage:
        """Page of results for a query; parameters have the names of the HTTP API.

        `from` is written `from_`; filters are a mapping, `filter={"site": "Sleep desk"}`. Raises RequestError.
        """
        return self.answer(parse_request(_as_http_parameters(q, parameters), self._settings))

    def answer(self, request: SearchRequest) -> ResultPage:
        """Page of results for a request; raises QuerySyntaxError for a malformed staff query."""
        started = time.monotonic()
        deadline, engine = self._deadline(), self._engine
        question, report, is_partial = interpret(request, engine.dictionary, self._analyzer, self._settings, deadline)
        answer = engine.answer(question, _selection(request), deadline)
        hits = make_hits(answer, question.query_terms, request)
        explanations = engine.explain(question, [hit.id for hit in hits], deadline) if request.explain else ()
        unexplained = len(hits) - len(explanations) if request.explain else 0
        alternatives, some_lack = (
            _alternatives(request, Suggester(engine, self._analyzer), deadline) if not answer.total else ((), False)
        )
        is_partial = is_partial or answer.partial or unexplained > 0 or some_lack
        return ResultPage(
            query=with_notices(report, question, answer, unexplained),
            query_id=_query_id(self.identity, request),
            generation=self.generation,
            took_ms=round(1000 * (time.monotonic() - started), 2),
            partial=is_partial,
            total=Total(answer.total, "gte" if is_partial else "eq"),
            offset=request.offset,
            limit=request.limit,
            next=self._next_url(request, answer.total),
            previous=_previous_url(request),
            hits=_with_explanations(hits, explanations),
            facets={name: tuple(FacetCount(*row) for row in rows) for name, rows in answer.facets.items()},
            suggestions=alternatives,
        )

    def top(self, q: str = "", limit: int = 10, match: Match = "most") -> Ranking:
        """Ranking alone: ids and scores of the best articles, and the total, as by `search`."""
        engine, deadline = self._engine, self._deadline()
        request = SearchRequest(q=q[: self._settings.query_chars], limit=limit, match=match)
        builder = new_builder(request, engine.dictionary, self._analyzer, self._settings, deadline)
        question = understand(request, builder, self._analyzer, self._settings).question
        return engine.rank(question, _selection(request), deadline)

    def suggest(self, q: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Titles and words that complete `q`, best first."""
        return self.suggestions(q, limit).suggestions

    def suggestions(self, q: str, limit: int = 8) -> Suggestions:
        """The same, and whether the time allowed ran out before all words were looked at."""
        suggester = Suggester(self._engine, self._analyzer)
        return suggester.suggest(encodable(q[: self._settings.query_chars]), limit, self._deadline())

    def article(self, article_id: str) -> Article:
        """Article by id; raises ArticleNotFound."""
        return self._engine.article(article_id)

    def record(self, article_id: str) -> Article:
        """Article by id, without its text; raises ArticleNotFound."""
        return self._engine.stored(article_id).article

    def view(self, article_id: str, q: str = "", part: int = 1) -> ArticleView:
        """Part of an article as HTML with the words of a query highlighted; a part past the last is the last.

        Raises ArticleNotFound.
        """
        engine, deadline = self._engine, self._deadline()
        stored = engine.stored(article_id)
        request = SearchRequest(q=encodable(q[: self._settings.query_chars]))
        question = interpret(request, engine.dictionary, self._analyzer, self._settings, deadline).question
        shown = part_at(stored.text, part)
        positions = engine.positions(question, article_id, shown.begin, shown.end)
        marked_part, is_partial = None, False
        if question.query_terms and shown.parts > 1:
            offset = engine.next_match(question, article_id, shown.end, deadline)
            if offset is None and not deadline.has_passed():
                offset = engine.next_match(question, article_id, 0, deadline)
            marked_part = None if offset is None else part_of(stored.text, offset)
            is_partial = offset is None and deadline.has_passed()
        view = view_article(stored, shown, positions, marked_part)
        return msgspec.structs.replace(view, is_partial=is_partial)

    def facts(self) -> Mapping[str, int]:
        """Counts by name: articles and segments."""
        return self._engine.facts()

    def close(self) -> None:
        """Close the files of the generation: at once, or when the last call in progress ends. Results stay as they are.

        The engine is in no reference cycle and no result refers to it, so its maps end with the last reference.
        """
        self._open_engine = None

    def _deadline(self) -> Deadline:
        return Deadline(self._settings.query_ms / 1000)

    @property
    def _engine(self) -> Engine:
        """The engine; a method keeps the one reference for as long as it runs, beyond a `close` meanwhile."""
        engine = self._open_engine
        if engine is None:
            raise SearcherClosed(f"the searcher of {self.generation} is closed; open the index anew")
        return engine

    def _next_url(self, request: SearchRequest, total: int) -> str | None:
        offset = request.offset + request.limit
        if offset >= total or offset + request.limit > self._settings.max_depth:
            return None
        return search_url(msgspec.structs.replace(request, offset=offset))


def _with_explanations(hits: tuple[Hit, ...], explanations: Sequence[Explanation]) -> tuple[Hit, ...]:
    """The hits, of which the first have the explanations."""
    explained = zip(hits, explanations, strict=False)
    first = tuple([msgspec.structs.replace(hit, explanation=explanation) for hit, explanation in explained])
    return first + hits[len(first) :]


def _alternatives(request: SearchRequest, suggester: Suggester, deadline: Deadline) -> tuple[tuple[str, ...], bool]:
    """Queries to offer when no article matches: completions of the query's words, each once; and whether some lack."""
    words = request.q.split()[:_ALTERNATIVE_WORDS]
    suggested = [suggester.suggest(word, 2, deadline) for word in words]
    texts = (suggestion.text for found in suggested for suggestion in found.suggestions)
    return tuple(dict.fromkeys(texts))[:_MAX_ALTERNATIVES], any(found.is_partial for found in suggested)


def _previous_url(request: SearchRequest) -> str | None:
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


def _query_id(identity: str, request: SearchRequest) -> str:
    # Of what the answer is made of: a cached answer has the id of the original.
    return blake2b(msgspec.json.encode([identity, request_parameters(request)]), digest_size=8).hexdigest()


def _as_http_parameters(q: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    texts = {"q": q}
    for name, value in parameters.items():
        if name == "filter":
            for field, values in value.items():
                texts[f"filter[{field}]"] = ",".join(map(quoted_name, _listed(values)))
        elif value is not None:
            texts[name.rstrip("_")] = str(value).lower() if isinstance(value, bool) else ",".join(_listed(value))
    return texts


def _listed(values: Any) -> list[str]:
    return list(map(str, values if isinstance(values, list | tuple) else [values]))
