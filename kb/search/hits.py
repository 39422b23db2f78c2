"""What an engine found, as the hits of a result page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int64Table, compiled
from kb.engine.interface import Answer, Positions, QueryTerm
from kb.results import Hit, MatchedTerm, SearchRequest
from kb.search.addresses import reading_url
from kb.snippets.page import show


def make_hits(answer: Answer, query_terms: Sequence[QueryTerm], request: SearchRequest) -> tuple[Hit, ...]:
    """The hits of a page with their snippets and marked titles."""
    urls = list(map(reading_url, answer.articles))
    shown = show(answer, request.snippets, request.snippet_chars)
    matched = _matched(answer.positions, query_terms, len(urls))
    columns = zip(answer.articles, answer.scores, urls, shown.titles, shown.snippets, matched, strict=True)
    return tuple(
        [
            Hit(
                id=article.id,
                url=url,
                title=article.title,
                title_html=title_html,
                site=article.site,
                author=article.author,
                published=article.published,
                tags=article.tags,
                score=round(score, 4),
                matched=units_had,
                snippets=snippets,
                similar=None,
            )
            for article, score, url, title_html, snippets, units_had in columns
        ]
    )


def _matched(positions: Positions, query_terms: Sequence[QueryTerm], count: int) -> list[tuple[MatchedTerm, ...]]:
    """For each article the query_terms that it has, in its title and in its text."""
    if not query_terms:
        return [()] * count
    named = [_named(query_term, field) for query_term in query_terms for field in ("title", "body")]
    kinds = _kinds(positions.table, count, len(query_terms)).tobytes()
    # Many articles of a page have the same.
    each = [kinds[begin : begin + len(named)] for begin in range(0, len(kinds), len(named))]
    listed = {of_one: tuple([named[n][kind - 1] for n, kind in enumerate(of_one) if kind]) for of_one in set(each)}
    return list(map(listed.__getitem__, each))


@compiled
def _kinds(table: Int64Table, articles: int, query_terms: int) -> np.ndarray:
    """Of each article, for each term in its title and in its text: 0 if it is not there, 2 if as typed, else 1."""
    kinds = np.zeros((articles, 2 * query_terms), dtype=np.int8)
    for row, query_term, in_title, _, _, _, as_typed, _ in table:
        column = 2 * query_term + 1 - in_title
        kinds[row, column] = max(kinds[row, column], 1 + as_typed)
    return kinds


def _named(query_term: QueryTerm, field: str) -> tuple[MatchedTerm, MatchedTerm]:
    """What to say of a query_term that an article has in a field: if in another form than typed, and if as typed."""
    other = MatchedTerm(query_term.text, query_term.kind, field)
    return other, MatchedTerm(query_term.text, "exact", field) if query_term.kind == "stem" else other
