"""Addresses of articles."""

from __future__ import annotations

from re import compile as pattern
from urllib.parse import quote

from kb.article import Article

_is_unreserved = pattern(r"[A-Za-z0-9_.~/-]*").fullmatch
"""Shortcut: most ids consist of unreserved characters (RFC 3986) and need no quoting."""


def article_path(article_id: str) -> str:
    """Path of the article's page in the service."""
    return f"/articles/{article_id if _is_unreserved(article_id) else quote(article_id)}"


def reading_url(article: Article) -> str:
    """Address to read an article: the original's, else the path in the service."""
    return article.url or article_path(article.id)
