"""Addresses of our pages, and which of other people's addresses may become links."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import msgspec

from kb.query.request import request_parameters
from kb.results import Hit, SearchRequest, Snippet
from kb.search.addresses import article_path, passage_url

_NOT_FOR_PEOPLE = frozenset(
    {"limit", "offset", "page", "per_page", "facets", "snippets", "snippet_chars", "typing", "mode"}
)


def search_address(request: SearchRequest) -> str:
    """The search page's address for a request."""
    parameters = {name: text for name, text in request_parameters(request).items() if name not in _NOT_FOR_PEOPLE}
    if request.offset:
        parameters["page"] = str(request.offset // request.limit + 1)
    return "/?" + urlencode(parameters) if parameters else "/"


def kept_parameters(request: SearchRequest) -> dict[str, str]:
    """What the search box keeps when another query is typed: order, match and filters, but no page and no `exact`."""
    dropped = _NOT_FOR_PEOPLE | {"q", "exact"}
    return {name: text for name, text in request_parameters(request).items() if name not in dropped}


def changed_address(request: SearchRequest, **changes: object) -> str:
    """The search page's address for a request with some values replaced, from its first page on."""
    return search_address(msgspec.structs.replace(request, **({"offset": 0} | changes)))


def article_address(article_id: str, q: str = "") -> str:
    """The article page's address, with the words of `q` marked."""
    address = article_path(article_id)
    return f"{address}?{urlencode({'q': q})}" if q else address


def title_address(hit: Hit, q: str) -> str:
    """Where a hit's title leads: to where the article was published, else to our page of it."""
    return external_address(hit.url) or article_address(hit.id, q)


def passage_address(hit: Hit, snippet: Snippet, q: str) -> str:
    """Where a snippet leads: to its passage in the article."""
    return passage_url(title_address(hit, q), snippet.fragment)


def external_address(url: str | None) -> str | None:
    """An address outside of ours, if it is one that a link may have: `javascript:` and the like are not."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
