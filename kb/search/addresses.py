"""Addresses of articles."""

from __future__ import annotations

import re
from urllib.parse import quote

from kb.article import Article

_is_unreserved = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch
"""Shortcut: most ids consist of unreserved characters (RFC 3986) and need no quoting."""


def article_path(article_id: str) -> str:
    """Path of the article's page in the service."""
    return f"/articles/{article_id if _is_unreserved(article_id) else quote(article_id)}"


def reading_url(article: Article) -> str:
    """Address to read an article: the original's, else the path in the service."""
    return article.url or article_path(article.id)


def passage_url(url: str, fragment: str) -> str:
    """The address of an article with a text fragment, which replaces any other; unchanged without a fragment."""
    return f"{url.partition('#')[0]}#{fragment}" if fragment else url
