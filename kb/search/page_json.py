"""Pages of results as the JSON of the HTTP API."""

from __future__ import annotations

import msgspec

from kb.results import ResultPage
from kb.search.addresses import snippet_url

_encode = msgspec.json.Encoder().encode


class SnippetAnswer(msgspec.Struct, frozen=True, gc=False):
    """A snippet in the API's answer; `url` leads to the passage."""

    html: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    url: str


def encode_page(page: ResultPage) -> bytes:
    """A page as JSON, field for field; snippets have the fields of `SnippetAnswer`."""
    hits = []
    for hit in page.hits:
        answers = [SnippetAnswer(s.html, s.text, s.start, s.end, s.marks, snippet_url(hit, s)) for s in hit.snippets]
        hits.append(msgspec.structs.replace(hit, snippets=answers))
    return _encode(msgspec.structs.replace(page, hits=hits))
