"""The view of an article: title and text, or a part of it, as HTML, with the matches of a question highlighted."""

from __future__ import annotations

import msgspec

from kb.article import Article
from kb.engine.interface import BEGIN, END, IN_TITLE, Positions, StoredArticle
from kb.snippets.highlights import merged
from kb.snippets.html import marked, paragraphs_html
from kb.snippets.parts import TextPart

MOST_HIGHLIGHTS = 2000
"""Most highlights in a part of a text; more help nobody and make a page heavy."""


class ArticleView(msgspec.Struct, frozen=True):
    """An article to be read, or a part of it: `title_html` and `html` are safe to insert in a page."""

    article: Article
    """Without the text."""
    title_html: str
    html: str
    part: int = 1
    """Number of the part, from 1."""
    parts: int = 1
    """Number of parts."""
    marked_part: int | None = None
    """The next part with a highlight, beginning again after the last; None without any."""
    is_partial: bool = False
    """Whether the time allowed ran out before a next part with a highlight was found."""


def view_article(
    stored: StoredArticle, part: TextPart, positions: Positions, marked_part: int | None = None
) -> ArticleView:
    """A part of an article as HTML; `positions` of a question's terms have the article as row 0."""
    title = _highlights(positions, in_title=True)
    text = stored.text.part(part.begin, part.end).rstrip("\n")
    ranges = [
        (max(begin - part.begin, 0), min(end - part.begin, len(text)))
        for begin, end in _highlights(positions, in_title=False)
        if begin < part.begin + len(text) and end > part.begin
    ]
    html = paragraphs_html(text, ranges[:MOST_HIGHLIGHTS])
    title_html = marked(stored.article.title, title)
    return ArticleView(stored.article, title_html, html, part.number, part.parts, marked_part)


def _highlights(positions: Positions, *, in_title: bool) -> list[tuple[int, int]]:
    matches = positions.table[positions.table[:, IN_TITLE] == in_title]
    return merged(matches[:, BEGIN], matches[:, END])
