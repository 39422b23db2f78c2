"""The contract from a folder's index to a result page: the whole way that a visitor's query goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb
from kb.articles.corpus import FolderCorpus
from kb.indexing.builder import Builder
from kb.search.searcher import Searcher

from .asking import ANALYZER
from .pages import check_page
from .profiles import examples
from .texts import words

GOLDEN = Path(__file__).parent / "golden"
QUERIES = (
    "heart attack",
    '"heart attack"',
    "what is a heart attack",
    "heart -panic",
    "the of and",
    "心臓病",
    "السكري",
    "मधुमेह",
    "2.5 mg",
    "R&D",
    "<script>",
    "Ménière's",
    "head",
    "",
    "zebra",
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """An index of the articles of the golden files."""
    corpus, folder = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("index") / "index"
    for path in GOLDEN.glob("*.txt"):
        text = path.read_text(encoding="utf-8").partition("\n---")[0]
        (corpus / path.name).write_text(f"Title: About {path.stem}\n\n{text}", encoding="utf-8")
    Builder(folder, ANALYZER).build(FolderCorpus(corpus, max_bytes=100_000_000))
    searcher = kb.open_index(folder)
    yield searcher
    searcher.close()


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("chars", [60, 200, 400])
def test_every_hit_of_a_page_keeps_the_contract(searcher: Searcher, query: str, chars: int) -> None:
    for count in (1, 3):
        check_page(searcher, query, count, chars)


@examples(60)
@given(st.lists(words, min_size=1, max_size=4).map(" ".join), st.integers(1, 5), st.integers(60, 400))
def test_every_hit_of_any_query_keeps_the_contract(searcher: Searcher, query: str, count: int, chars: int) -> None:
    check_page(searcher, query, count, chars)


def test_snippets_do_not_change_the_list_of_results(searcher: Searcher) -> None:
    pages = [searcher.search("heart", snippets=count, snippet_chars=chars) for count in (1, 5) for chars in (60, 400)]
    assert len({tuple((hit.id, hit.score) for hit in page.hits) for page in pages}) == 1


@pytest.mark.parametrize("query", QUERIES)
def test_the_article_view_marks_what_its_snippets_mark(searcher: Searcher, query: str) -> None:
    for hit in searcher.search(query, snippets=5, snippet_chars=400).hits:
        view = searcher.view(hit.id, query)
        assert view.title_html == hit.title_html
        marked = [view.html[begin:end] for begin, end in _marks(view.html)]
        for snippet in hit.snippets:
            shown = [snippet.html[begin:end] for begin, end in _marks(snippet.html)]
            assert any(marked[i : i + len(shown)] == shown for i in range(len(marked) - len(shown) + 1))


def _marks(html: str) -> list[tuple[int, int]]:
    """Where the text of each mark begins and ends."""
    return [match.span(1) for match in re.finditer("<mark>(.*?)</mark>", html)]
