"""Addresses of the pages, and safe external links."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import msgspec

from kb.query.request import request_parameters
from kb.results import Hit, SearchRequest, Snippet
from kb.search.addresses import article_path, passage_url, plain_url

_API_ONLY = frozenset({"limit", "offset", "page", "per_page", "facets", "snippets", "snippet_chars", "typing", "mode"})
"""Parameters that the address of a page leaves out."""


def search_address(request: SearchRequest) -> str:
    """Address of the search page for a request."""
    parameters = {name: text for name, text in request_parameters(request).items() if name not in _API_ONLY}
    if request.offset:
        parameters["page"] = str(request.offset // request.limit + 1)
    return "/?" + urlencode(parameters) if parameters else "/"


def hidden_fields(request: SearchRequest) -> dict[str, str]:
    """Hidden fields of the search form: order, match and filters outlive a new query, page and `exact` do not."""
    omitted = _API_ONLY | {"q", "exact"}
    return {name: text for name, text in request_parameters(request).items() if name not in omitted}


def changed_address(request: SearchRequest, **changes: object) -> str:
    """Address of the first result page for a request with changed values."""
    return search_address(msgspec.structs.replace(request, **({"offset": 0} | changes)))


def article_address(article_id: str, q: str = "", part: int = 1) -> str:
    """Address of the article page, or of a part of it, with the words of `q` highlighted."""
    address = article_path(article_id)
    return passage_url(f"{address}?{urlencode({'q': q})}" if q else address, "", part)


def title_address(hit: Hit, q: str) -> str:
    """Target of a hit's title: the original article, else the article page."""
    return external_address(hit.url) or article_address(hit.id, q)


def passage_address(hit: Hit, snippet: Snippet, q: str) -> str:
    """Where a snippet leads: to its passage in the article."""
    external = external_address(hit.url)
    if external:
        # The fragment in a part of an article leads nowhere on a page that has all of it.
        return passage_url(external, "" if snippet.part else snippet.fragment)
    return passage_url(article_address(hit.id, q), snippet.fragment, snippet.part)


def external_address(url: str | None) -> str | None:
    """The address if it is an absolute HTTP(S) URL, safe to link to; else None, as for `javascript:`."""
    url = plain_url(url)
    if url is None or url.startswith("/"):
        return None
    try:
        urlsplit(url)
    except ValueError:
        return None
    return url
