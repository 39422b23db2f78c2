"""Addresses of articles in this service."""

from __future__ import annotations

from re import compile as pattern
from urllib.parse import quote

from kb.article import Article

_is_plain = pattern(r"[A-Za-z0-9_.~/-]*").fullmatch
"""Most ids are their own quotation."""


def article_path(article_id: str) -> str:
    """Where the service shows an article."""
    return f"/articles/{article_id if _is_plain(article_id) else quote(article_id)}"


def reading_url(article: Article) -> str:
    """Where an article is read: its own address, else the service's page of it."""
    return article.url or article_path(article.id)


def passage_url(url: str, fragment: str) -> str:
    """The address of an article with a text fragment, which replaces any other; unchanged without a fragment."""
    return f"{url.partition('#')[0]}#{fragment}" if fragment else url
