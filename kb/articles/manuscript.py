"""Manuscripts, the raw fields of a file, and their articles, by the same rules for every format."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.article import Article
from kb.articles.cleaning import one_line, shorten, tidy
from kb.articles.dates import parse_date
from kb.articles.digest import with_digest
from kb.articles.footer import split_footer
from kb.articles.naming import readable_name
from kb.errors import ArticleError, ArticleWithdrawn

_ADDRESS = re.compile(r"(?:https?://|/(?!/))\S+", re.I)
"""Addresses become links on the search page, so an address must not be a script."""

_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*", re.I)
_WORDS = re.compile(r"\w+")


@dataclass(kw_only=True)
class Manuscript:
    """Raw fields of a file or of a JSON line: strings as written, empty for a missing field."""

    title: str = ""
    text: str = ""
    url: str = ""
    site: str = ""
    author: str = ""
    published: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    draft: bool = False
    remarks: tuple[str, ...] = ()
    """Reasons for the reading of parts in a simpler way than usual, for the report."""


def article_from(manuscript: Manuscript, article_id: str, format_name: str) -> Article:
    """The article of a manuscript, cleaned. Raises ArticleWithdrawn for a draft, ArticleError without text."""
    if manuscript.draft:
        raise ArticleWithdrawn(article_id)
    summary = tidy(manuscript.summary)
    body = split_footer(tidy(manuscript.text))
    text = body.text or summary
    if not text:
        raise ArticleError("no text")
    return with_digest(
        Article(
            id=article_id,
            title=shorten(one_line(manuscript.title)) or readable_name(article_id),
            text=text,
            url=_address(manuscript.url),
            site=one_line(manuscript.site) or body.site,
            author=one_line(manuscript.author) or None,
            published=parse_date(one_line(manuscript.published)) or body.year,
            tags=tuple(dict.fromkeys(tag for tag in map(one_line, manuscript.tags) if tag)),
            language=_language(manuscript.language),
            summary=one_line(summary) or None,
            format=format_name,
        )
    )


def without_repeated_title(text: str, title: str) -> str:
    """`text` without a first line that repeats the title, unless the text has no second line."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and same_words(first, title) else text


def same_words(a: str, b: str) -> bool:
    """Whether two lines have the same words, regardless of case and punctuation."""
    return _WORDS.findall(a.casefold()) == _WORDS.findall(b.casefold())


def _address(url: str) -> str | None:
    url = one_line(url)
    return url if _ADDRESS.fullmatch(url) else None


def _language(code: str) -> str | None:
    code = one_line(code).replace("_", "-")
    return code if _LANGUAGE.fullmatch(code) else None
