"""A very long article, from its snippet to the part of its page that the snippet leads to."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from kb.search.page_json import encode_page
from kb.search.searcher import Searcher
from kb.snippets.html import marked
from kb.snippets.parts import PART_CHARS
from tests.corpora import Archive, article
from tests.snippets.browser import directive_of, ranges

PARAGRAPH = "Tea is drunk at night, and cups are washed in the morning.\n\n"
REPEATED = PARAGRAPH * (PART_CHARS // len(PARAGRAPH) + 1)
TEXT = f"{REPEATED}A zebra drinks no tea.\n\n{REPEATED}{REPEATED}The end of all tea.\n"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("long") / "index"
    long, short = article("long", "On tea", TEXT), article("short", "Zebra", "A zebra.")
    searcher = Archive(folder, long, short).open()
    yield searcher
    searcher.close()


def test_the_parts_are_the_text(searcher: Searcher) -> None:
    parts = [searcher.view("long", "", part) for part in range(1, 5)]
    assert [(view.part, view.parts, view.marked_part) for view in parts] == [(n, 4, None) for n in range(1, 5)]
    assert "".join(view.html for view in parts).count("<p>") == TEXT.count("\n\n") + 1
    assert parts[0].html.startswith("<p>Tea is drunk")
    assert parts[3].html.endswith("<p>The end of all tea.</p>")
    assert {view.article.text for view in parts} == {""}


def test_each_part_knows_the_next_with_a_match(searcher: Searcher) -> None:
    marks = [searcher.view("long", "zebra", part) for part in range(1, 5)]
    assert [view.html.count("<mark>") for view in marks] == [0, 1, 0, 0]
    assert [view.marked_part for view in marks] == [2, 2, 2, 2]
    common = [searcher.view("long", "tea", part) for part in range(1, 5)]
    assert [view.marked_part for view in common] == [2, 3, 4, 1]
    assert {view.title_html for view in common} == {"On <mark>tea</mark>"}
    assert searcher.view("long", "unheard").marked_part is None
    assert searcher.view("short", "zebra").marked_part is None


@pytest.mark.parametrize(("query", "passage"), [("zebra", "A zebra drinks no tea."), ("end", "The end of all tea.")])
def test_a_snippet_leads_to_its_passage_in_its_part(searcher: Searcher, query: str, passage: str) -> None:
    page = searcher.search(query, snippet_chars=60)
    hit = next(hit for hit in page.hits if hit.id == "long")
    snippet = hit.snippets[0]
    assert passage in snippet.text
    assert f"?part={snippet.part}#:~:text=".encode() in encode_page(page)
    view = searcher.view("long", query, snippet.part)
    shown = marked(snippet.text.split("\n\n")[0], ())
    assert shown in view.html.replace("<mark>", "").replace("</mark>", "")
    directive = directive_of(f"/articles/long#{snippet.fragment}")
    assert directive
    text = view.html.replace("<mark>", "").replace("</mark>", "").replace("<p>", "").replace("</p>", "\n")
    assert len(ranges(text, directive)) == 1
    assert parse_qs(urlsplit(f"/articles/long?part={snippet.part}").query)["part"] == [str(snippet.part)]


def test_a_snippet_of_the_beginning_needs_no_part_in_its_address(searcher: Searcher) -> None:
    page = searcher.search("tea drunk", snippet_chars=60)
    snippet = next(hit for hit in page.hits if hit.id == "long").snippets[0]
    assert snippet.part == 1
    assert b"?part=" not in encode_page(page)
