"""The hits of a result page, from an engine's answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int64Table, compiled
from kb.engine.interface import AS_TYPED, IN_TITLE, QUERY_TERM, ROW, Answer, Positions, QueryTerm
from kb.results import Hit, MatchedTerm, SearchRequest
from kb.search.addresses import reading_url
from kb.snippets.page import show

_FIELDS = ("title", "body")
"""Fields of an article, in the order of a query term's columns in the table of forms."""


def make_hits(answer: Answer, query_terms: Sequence[QueryTerm], request: SearchRequest) -> tuple[Hit, ...]:
    """The hits of a page with their snippets and highlighted titles."""
    shown = show(answer, request.snippets, request.snippet_chars)
    matched = _matched(answer.positions, query_terms, len(answer.articles))
    columns = zip(answer.articles, answer.scores, shown.titles, shown.snippets, matched, strict=True)
    return tuple(
        [
            Hit(
                id=article.id,
                url=reading_url(article),
                title=article.title,
                title_html=title_html,
                site=article.site,
                author=article.author,
                published=article.published,
                tags=article.tags,
                score=round(score, 4),
                matched=terms,
                snippets=snippets,
                similar=None,
            )
            for article, score, title_html, snippets, terms in columns
        ]
    )


def _matched(positions: Positions, query_terms: Sequence[QueryTerm], count: int) -> list[tuple[MatchedTerm, ...]]:
    """The query terms in the title and in the text of each article."""
    if not query_terms:
        return [()] * count
    named = [_named(query_term, field) for query_term in query_terms for field in _FIELDS]
    forms = _forms(positions.table, count, len(query_terms)).tobytes()
    # Many articles of a page have the same query terms: each list is made once.
    rows = [forms[begin : begin + len(named)] for begin in range(0, len(forms), len(named))]
    terms = {row: tuple([named[n][form - 1] for n, form in enumerate(row) if form]) for row in set(rows)}
    return list(map(terms.__getitem__, rows))


@compiled
def _forms(matches: Int64Table, articles: int, query_terms: int) -> np.ndarray:
    """Forms in which articles have query terms, two columns a term (title, text): int8, shape (articles, 2 terms).

    0  absent
    1  in another form than typed
    2  as typed
    """
    forms = np.zeros((articles, len(_FIELDS) * query_terms), dtype=np.int8)
    for i in range(len(matches)):
        row, column = matches[i, ROW], len(_FIELDS) * matches[i, QUERY_TERM] + 1 - matches[i, IN_TITLE]
        forms[row, column] = max(forms[row, column], 1 + matches[i, AS_TYPED])
    return forms


def _named(query_term: QueryTerm, field: str) -> tuple[MatchedTerm, MatchedTerm]:
    """A query term in a field as a hit names it: in another form than typed, and as typed."""
    inexact = MatchedTerm(query_term.text, query_term.kind, field)
    return inexact, MatchedTerm(query_term.text, "exact", field) if query_term.kind == "stem" else inexact
