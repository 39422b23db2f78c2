"""Addresses of articles."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from kb.article import Article
from kb.results import Hit, Snippet

_is_unreserved = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch
"""Shortcut: most ids consist of unreserved characters (RFC 3986) and need no quoting."""

_is_plain = re.compile(r"(?:https?://[^/?#@\\\s]+(?![^/?#])|/(?!/))[^\\\s\x00-\x1f\x7f-\x9f]*", re.I).fullmatch
"""An absolute HTTP(S) address, or a path of the same site."""


def article_path(article_id: str) -> str:
    """Path of the article's page in the service."""
    return f"/articles/{article_id if _is_unreserved(article_id) else quote(article_id)}"


@lru_cache(maxsize=10_000)
def plain_url(url: str | None) -> str | None:
    """The address of an original if browsers take it for what it looks like, else None.

    Such is an HTTP(S) address with a host and without a user's name, or a path on the same site. Browsers read a
    backslash as a slash, and leave out control characters: `/\\host.example` is another site's.
    """
    return url if url and _is_plain(url) else None


def reading_url(article: Article) -> str:
    """Address to read an article: the original's, else the path in the service."""
    return plain_url(article.url) or article_path(article.id)


def passage_url(url: str, fragment: str, part: int = 0) -> str:
    """The address of an article with a text fragment, which replaces any other; unchanged without a fragment.

    `part` is the number of the part of the article's page, if it has parts.
    """
    if part > 1:
        url = url.partition("#")[0]
        url = f"{url}{'&' if '?' in url else '?'}part={part}"
    return f"{url.partition('#')[0]}#{fragment}" if fragment else url


def snippet_url(hit: Hit, snippet: Snippet) -> str:
    """Where a snippet leads: to its passage in the article of the hit.

    The fragment in a part of an article leads nowhere on a page that has all of it.
    """
    if snippet.part and hit.url != article_path(hit.id):
        return hit.url
    return passage_url(hit.url, snippet.fragment, snippet.part)
