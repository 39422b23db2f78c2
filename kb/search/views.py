"""A whole article with the words of a query marked."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from kb.analysis import Analyzer, Tokens
from kb.model import Article, Unit
from kb.search.markup import marked, paragraphs_html
from kb.search.occurrences import chain
from kb.search.snippets import marks_in

MOST_MARKS = 2000
"""Marks in one text; more help nobody and make a page heavy."""


class ArticleView(msgspec.Struct, frozen=True):
    """An article to be read: `title_html` and `html` are safe to insert in a page."""

    article: Article
    title_html: str
    html: str


def view_article(article: Article, units: Sequence[Unit], analyzer: Analyzer) -> ArticleView:
    """The article as HTML, with what the units of a question stand for in `<mark>`."""
    title = marks_of(units, "title", analyzer.tokens(article.title), analyzer)
    body = marks_of(units, "body", analyzer.tokens(article.text), analyzer)
    return ArticleView(article, marked(article.title, title), paragraphs_html(article.text, body[:MOST_MARKS]))


def marks_of(units: Sequence[Unit], field: str, tokens: Tokens, analyzer: Analyzer) -> tuple[tuple[int, int], ...]:
    """Where the units that look into a field stand in a text of it: disjoint ranges in reading order."""
    wanted = [unit for unit in units if field in unit.fields or f"{field}_word" in unit.fields]
    if not wanted:
        return ()
    forms = {True: np.array([analyzer.stem(word) for word in tokens.words]), False: np.array(tokens.words)}
    spans = [_spans(unit, forms[unit.kind == "stem"]) for unit in wanted]
    found = np.concatenate(spans)
    return marks_in(tokens.starts[found[:, 0]], tokens.ends[found[:, 1] - 1])


def _spans(unit: Unit, forms: np.ndarray) -> np.ndarray:
    if not len(forms):
        return np.empty((0, 2), dtype=np.int32)
    return chain([np.flatnonzero(np.isin(forms, terms)) for terms in unit.alternatives], unit.slop)
