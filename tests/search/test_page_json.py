"""A page as JSON: the fields of the API, and links that lead to passages."""

from __future__ import annotations

import msgspec

from kb.results import SENTENCE, WORD, Hit, QueryReport, ResultPage, Snippet, Total
from kb.search.addresses import article_path, passage_url, snippet_url
from kb.search.page_json import encode_page

SNIPPET = Snippet("<mark>a</mark>…", "a", 3, 4, ((3, 4),), SENTENCE, WORD, ":~:text=a")
HIT = Hit(
    id="x",
    url="https://example.org/x#top",
    title="X",
    title_html="X",
    site=None,
    author=None,
    published=None,
    tags=(),
    score=1.0,
    matched=(),
    snippets=(SNIPPET,),
    similar=None,
)
PAGE = ResultPage(
    query=QueryReport(text="a", searched="a", parsed="a", mode="visitor"),
    query_id="q",
    generation="gen-1",
    took_ms=0.5,
    partial=False,
    total=Total(1, "eq"),
    offset=0,
    limit=10,
    next=None,
    previous=None,
    hits=(HIT,),
    facets={},
    suggestions=(),
)


def test_a_snippet_has_the_fields_of_the_api_and_no_others() -> None:
    (hit,) = msgspec.json.decode(encode_page(PAGE))["hits"]
    assert hit["snippets"] == [
        {
            "html": "<mark>a</mark>…",
            "text": "a",
            "start": 3,
            "end": 4,
            "marks": [[3, 4]],
            "url": "https://example.org/x#:~:text=a",
        }
    ]


def test_all_else_is_the_page_field_for_field_in_order() -> None:
    page = msgspec.structs.replace(PAGE, hits=(msgspec.structs.replace(HIT, snippets=()),))
    assert encode_page(page) == msgspec.json.encode(page)


def test_a_page_is_not_changed_by_its_encoding() -> None:
    assert encode_page(PAGE) == encode_page(PAGE)
    assert PAGE.hits[0].snippets == (SNIPPET,)


def test_a_fragment_takes_the_turn_of_the_articles_own() -> None:
    assert passage_url("https://example.org/a", ":~:text=b") == "https://example.org/a#:~:text=b"
    assert passage_url("https://example.org/a#top", ":~:text=b") == "https://example.org/a#:~:text=b"
    assert passage_url("https://example.org/a#top", "") == "https://example.org/a#top"


def test_a_snippet_of_a_long_article_leads_to_its_part_and_not_into_a_page_that_has_all_of_it() -> None:
    snippet = msgspec.structs.replace(SNIPPET, part=2)
    own = msgspec.structs.replace(HIT, url=article_path(HIT.id))
    assert snippet_url(own, snippet) == f"{article_path(HIT.id)}?part=2#:~:text=a"
    assert snippet_url(own, msgspec.structs.replace(SNIPPET, part=1)) == f"{article_path(HIT.id)}#:~:text=a"
    assert snippet_url(HIT, snippet) == HIT.url
    assert snippet_url(HIT, SNIPPET) == "https://example.org/x#:~:text=a"
