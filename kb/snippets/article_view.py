"""The view of an article: title and whole text as HTML, with the matches of a question highlighted."""

from __future__ import annotations

import msgspec

from kb.article import Article
from kb.engine.interface import BEGIN, END, IN_TITLE, Positions
from kb.snippets.highlights import merged
from kb.snippets.html import marked, paragraphs_html

MOST_HIGHLIGHTS = 2000
"""Most highlights in a text; more help nobody and make a page heavy."""


class ArticleView(msgspec.Struct, frozen=True):
    """An article to be read: `title_html` and `html` are safe to insert in a page."""

    article: Article
    title_html: str
    html: str


def view_article(article: Article, positions: Positions) -> ArticleView:
    """An article as HTML; `positions` of a question's terms have the article as row 0."""
    title, text = _highlights(positions, in_title=True), _highlights(positions, in_title=False)
    html = paragraphs_html(article.text, text[:MOST_HIGHLIGHTS])
    return ArticleView(article, marked(article.title, title), html)


def _highlights(positions: Positions, *, in_title: bool) -> list[tuple[int, int]]:
    matches = positions.table[positions.table[:, IN_TITLE] == in_title]
    return merged(matches[:, BEGIN], matches[:, END])
