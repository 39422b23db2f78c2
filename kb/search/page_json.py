"""A page of results as the JSON of the HTTP API."""

from __future__ import annotations

import msgspec

from kb.results import Hit, ResultPage
from kb.search.addresses import passage_url

_encode = msgspec.json.Encoder().encode


class SnippetAnswer(msgspec.Struct, frozen=True, gc=False):
    """A snippet as the API gives it: field for field, `url` leads to the passage."""

    html: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    url: str


def encode_page(page: ResultPage) -> bytes:
    """A page as JSON, field for field, but for its snippets: these are `SnippetAnswer`s."""
    return _encode(msgspec.structs.replace(page, hits=list(map(_with_links, page.hits))))


def _with_links(hit: Hit) -> Hit:
    snippets = [
        SnippetAnswer(s.html, s.text, s.start, s.end, s.marks, passage_url(hit.url, s.fragment)) for s in hit.snippets
    ]
    return msgspec.structs.replace(hit, snippets=snippets)
