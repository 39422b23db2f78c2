"""A whole article with the words of a query marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from kb.article import Article
from kb.engine.interface import QueryTerm
from kb.segments.schema import READ_IN
from kb.snippets.html import marked, paragraphs_html
from kb.text.tokens import Analyzer, Tokens

MOST_MARKS = 2000
"""Marks in one text; more help nobody and make a page heavy."""


class ArticleView(msgspec.Struct, frozen=True):
    """An article to be read: `title_html` and `html` are safe to insert in a page."""

    article: Article
    title_html: str
    html: str


def view_article(article: Article, query_terms: Sequence[QueryTerm], analyzer: Analyzer) -> ArticleView:
    """The article as HTML, with what the query_terms of a question stand for in `<mark>`."""
    title = marks_of(query_terms, "title", analyzer.tokens(article.title), analyzer)
    body = marks_of(query_terms, "body", analyzer.tokens(article.text), analyzer)
    return ArticleView(article, marked(article.title, title), paragraphs_html(article.text, body[:MOST_MARKS]))


def marks_of(
    query_terms: Sequence[QueryTerm], field: str, tokens: Tokens, analyzer: Analyzer
) -> tuple[tuple[int, int], ...]:
    """Where the query_terms that look into a field stand in a text of it: disjoint ranges in reading order."""
    wanted = [query_term for query_term in query_terms if field in READ_IN[query_term.field]]
    if not wanted:
        return ()
    by_kind = {
        kind: [query_term for query_term in wanted if (query_term.kind == "stem") == kind] for kind in (True, False)
    }
    spans = _spans(by_kind[True], map(analyzer.stem, tokens.words)) + _spans(by_kind[False], tokens.words)
    begins = tokens.starts[np.concatenate([firsts for firsts, _ in spans])].tolist()
    ends = tokens.ends[np.concatenate([lasts for _, lasts in spans])].tolist()
    return tuple(merged(sorted(zip(begins, ends, strict=True))))


def _spans(query_terms: Sequence[QueryTerm], forms: Iterable[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each query_term, from where to where it stands among the forms of the words of a text."""
    if not query_terms:
        return []
    places: dict[str, list[int]] = {
        term: [] for query_term in query_terms for terms in query_term.alternatives for term in terms
    }
    for number, form in enumerate(forms):
        if form in places:
            places[form].append(number)
    return [
        _chain([_sorted(places, terms) for terms in query_term.alternatives], query_term.slop)
        for query_term in query_terms
    ]


def _chain(places: Sequence[np.ndarray], slop: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last positions of the spans that visit the places in order; int64, shape (n,).

    Each place holds the sorted positions of its word; a word stands 1 to `slop` tokens after the one before it.
    """
    starts = ends = places[0]
    for place in places[1:]:
        if not len(ends) or not len(place):
            return _NOTHING, _NOTHING
        before = np.searchsorted(ends, place) - 1
        near = (before >= 0) & (place - ends[np.maximum(before, 0)] <= slop)
        starts, ends = starts[before[near]], place[near]
    return starts, ends


_NOTHING = np.empty(0, dtype=np.int64)


def _sorted(places: Mapping[str, Sequence[int]], terms: Iterable[str]) -> np.ndarray:
    return np.array(sorted(place for term in set(terms) for place in places[term]), dtype=np.int64)


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges of text in reading order as disjoint ones."""
    disjoint: list[tuple[int, int]] = []
    for begin, end in ranges:
        if disjoint and begin <= disjoint[-1][1]:
            disjoint[-1] = (disjoint[-1][0], max(disjoint[-1][1], end))
        else:
            disjoint.append((begin, end))
    return disjoint
