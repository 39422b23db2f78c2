"""Whatever an article or a query holds, the only tags that come from it are <mark>."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import falcon.testing
import msgspec
import pytest
from lxml import etree, html

from kb.article import Article
from kb.results import Dropped, Expansion, FacetCount
from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.text.tokens import Analyzer
from kb.web.app import create_app

from .asserts import BROWSER, page_of
from .fakes import FakeLive, FakeSearcher
from .service import build_index, write_articles

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "</textarea><b>bold</b>",
    "<mark onclick=alert(1)>x</mark>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<!--<script>-->",
    "]]><b>x</b>",
    "\u2028<b>x</b>\ufeff\u202e",
    "a\x00<b\x00>x",
]
NEUTRAL = "neutral words"
QUERY_PAGES = ("/", "/articles/hostile")


def service(word: str) -> falcon.testing.TestClient:
    """The service over one article that is made of `word`, which is also in everything the searcher reports."""
    article = Article(
        id="hostile",
        title=word,
        text=f"{word}\n\n{word} again",
        url=word,
        site=word,
        author=word,
        published=word,
        tags=(word, word + "2"),
        language=word,
        summary=word,
    )
    searcher = FakeSearcher([article, msgspec.structs.replace(article, id="other")])
    searcher.report = {
        "dropped": (Dropped(word, word),),
        "expanded": (Expansion(word, (word,), word),),
        "warnings": (word,),
        "literal_url": word,
    }
    searcher.overrides = {"facets": {"site": (FacetCount(word, 2), FacetCount(word + "2", 1))}, "suggestions": (word,)}
    return falcon.testing.TestClient(
        create_app(FakeLive(searcher), Settings(site_name=word, base_url="https://kb.test"))
    )


def tags(page: html.HtmlElement) -> list[tuple[str, tuple[str, ...]]]:
    """Every element but marks, with the names of its attributes."""
    elements = [node for node in page.iter() if isinstance(node.tag, str) and node.tag != "mark"]
    return [(node.tag, tuple(sorted(node.attrib))) for node in elements]


def pages(client: falcon.testing.TestClient, q: str, word: str) -> Iterator[html.HtmlElement]:
    site = f"&filter[site]={quote(word)}"
    addresses = [f"/?q={quote(q)}", f"/?q={quote(q)}{site}", f"/articles/hostile?q={quote(q)}", "/articles/none", "/"]
    addresses += [f"/?q=zzz{quote(word)}", f"/?q=a&sort={quote(word)}&from={quote(word)}", f"/?q={quote(word * 99)}"]
    for address in addresses:
        yield page_of(client.simulate_get(address, headers=BROWSER))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_content_adds_no_element_and_no_attribute(payload: str) -> None:
    hostile = {tag for page in pages(service(payload), "again", payload) for tag in tags(page)}
    harmless = {tag for page in pages(service(NEUTRAL), "again", NEUTRAL) for tag in tags(page)}
    # Where more or fewer words change what a page offers, it offers it by elements that other pages have too.
    assert hostile <= harmless


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_query_adds_no_element_and_no_attribute(payload: str) -> None:
    client = service(NEUTRAL)
    for path in QUERY_PAGES:
        page = page_of(client.simulate_get(path, params={"q": payload}))
        assert {tag for tag, _ in tags(page)}.isdisjoint({"script", "img", "svg", "b", "textarea"})
        assert not [name for _, names in tags(page) for name in names if name.startswith("on")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_marks_carry_nothing_but_our_id(payload: str) -> None:
    for page in pages(service(payload), "alert", payload):
        for mark in page.iter("mark"):
            assert dict(mark.attrib) in ({}, {"id": "first-match"})


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_link_stays_here_or_goes_to_http(payload: str) -> None:
    for page in pages(service(payload), payload[:60], payload):
        for address in page.xpath("//@href | //@src | //@action"):
            parts = urlsplit(address)
            assert (parts.scheme in ("http", "https") and parts.netloc) or address.startswith(("/", "#"))
            assert not address.startswith("//")


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "\x00" not in p])
def test_the_browser_description_is_well_formed_whatever_the_name(payload: str) -> None:
    response = service(payload).simulate_get("/opensearch.xml")
    root = etree.fromstring(response.content)
    assert len(root) == 9
    assert root[0].text.strip() == payload[:16].strip()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_is_never_taken_for_html(payload: str) -> None:
    client = service(payload)
    for path in ("/v1/search", "/v1/suggest", "/v1/articles/hostile", "/v1/nope", "/nope"):
        response = client.simulate_get(path, params={"q": payload})
        assert "json" in response.headers["content-type"]
        assert response.headers["x-content-type-options"] == "nosniff"


def test_hostile_articles_are_harmless_all_the_way_from_the_file(tmp_path: Path) -> None:
    hostile = {f"{n}.txt": f"{word} title\n\n{word} text about alert" for n, word in enumerate(PAYLOADS)}
    write_articles(tmp_path / "corpus", hostile)
    build_index(tmp_path / "corpus", tmp_path / "index")
    with closing(LiveSearcher(tmp_path / "index", Settings(), Analyzer())) as live:
        client = falcon.testing.TestClient(create_app(live, Settings()))
        hits = client.simulate_get("/v1/search", params={"q": "alert", "limit": "100"}).json["hits"]
        assert len(hits) > len(PAYLOADS) // 2
        paths = ["/?q=alert", "/?q=alert+script+x", *(f"/articles/{quote(hit['id'])}?q=alert+script" for hit in hits)]
        for path in paths:
            page = page_of(client.simulate_get(path))
            assert {tag for tag, _ in tags(page)}.isdisjoint({"script", "img", "svg", "b", "textarea"})
            assert not [name for _, names in tags(page) for name in names if name.startswith("on")]
            assert all(dict(mark.attrib) in ({}, {"id": "first-match"}) for mark in page.iter("mark"))
