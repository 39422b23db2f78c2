"""Pages of results: order, paging, facets, filters, what was removed, deadlines and threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from kb.deadline import Deadline
from kb.engine.interface import Question, Selection
from kb.errors import ArticleNotFound
from kb.query.request import parse_request, request_parameters
from kb.results import ResultPage, SearchRequest
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.corpora import Archive, MakeArchive, article, ids

SHELF = [
    article(
        "a", "Zebra tea", "tea tea tea", site="Tea Desk", author="Zoë", tags=("Tea", "Night"), published="2024-05-03"
    ),
    article("b", "apple tea", "tea", site="tea desk", author="zoe", tags=("tea", "TEA"), published="2023"),
    article("c", "Äpfel", "tea tea", site="Coffee desk", tags=("night",), published="2023-01-01"),
    article("d", "“Apple” pie", "tea and pie", site="Tea Desk", published="2022-12-31"),
    article("e", "banana", "tea and nothing", author="Ben", tags=("Café",)),
    article("f", "Banana", "tea"),
    article("g", "Cocoa", "no such thing", tags=("tea",), published="2024-05-03"),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    archive = Archive(tmp_path_factory.mktemp("shelf") / "index", *SHELF[:5])
    archive.put(*SHELF[5:])
    searcher = archive.open()
    yield searcher
    searcher.close()


def walk(searcher: Searcher, page: ResultPage, link: str) -> list[ResultPage]:
    """The pages that one reaches from a page by its link `next` or `previous`, itself first."""
    pages = [page]
    while url := getattr(pages[-1], link):
        pages.append(searcher.answer(parse_request(dict(parse_qsl(urlsplit(url).query)), Settings())))
    return pages


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-date", "abcdef"),  # the first day of a year and the day itself are equal: by id; no date: last
        ("date", "dbcaef"),
        ("title", "cdbefa"),  # Äpfel, “Apple” pie, apple tea, banana, Banana, Zebra tea
    ],
)
def test_articles_are_sorted_as_asked(shelf: Searcher, sort: str, order: str) -> None:
    expected = list(order)
    if sort == "title":
        expected = ["c", "d", "b", "e", "f", "a"] if "apfel" < "apple" else expected
    assert ids(shelf.search("tea -pieces", sort=sort)) == expected


def test_equally_good_articles_are_sorted_by_id(archive: MakeArchive) -> None:
    made = archive(article("m", "x", "tea"), article("z", "x", "tea"))
    made.put(article("a", "x", "tea"), article("n", "x", "tea"))
    searcher = made.open()
    assert ids(searcher.search("tea")) == ["a", "m", "n", "z"]
    assert ids(searcher.search("", sort="title")) == ["a", "m", "n", "z"]
    assert ids(searcher.search("", sort="-date")) == ["a", "m", "n", "z"]
    searcher.close()


@pytest.mark.parametrize("sort", ["relevance", "-date", "date", "title"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6, 7])
def test_the_links_walk_through_every_hit_once(shelf: Searcher, sort: str, limit: int) -> None:
    first = shelf.search("tea", sort=sort, limit=limit)
    whole = ids(shelf.search("tea", sort=sort, limit=100))
    pages = walk(shelf, first, "next")
    assert [article_id for page in pages for article_id in ids(page)] == whole
    assert first.previous is None
    back = walk(shelf, pages[-1], "previous")
    assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages]
    assert {page.total.value for page in pages} == {6}


def test_past_the_end_there_is_an_empty_page_and_a_way_back(shelf: Searcher) -> None:
    page = shelf.search("tea", offset=50, limit=10)
    assert (page.hits, page.total.value, page.next) == ((), 6, None)
    assert page.previous is not None


def test_nobody_is_sent_deeper_than_allowed(archive: MakeArchive) -> None:
    searcher = archive(*(article(f"{n:02}", "x", "tea") for n in range(30))).open(max_depth=20)
    pages = walk(searcher, searcher.search("tea", limit=10), "next")
    assert [len(page.hits) for page in pages] == [10, 10]
    assert pages[-1].total.value == 30
    searcher.close()


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("site", "TEA DESK", "abd"),
        ("site", "tea-desk", "abd"),
        ("site", ["Tea Desk", "coffee desk"], "abcd"),
        ("author", "Zoe", "ab"),
        ("author", "ZOË", "ab"),
        ("author", "BEN", "e"),
        ("tag", "tea", "abg"),
        ("tag", "cafe", "e"),
        ("tag", "NIGHT", "ac"),
        ("year", "2023", "bc"),
        ("year", ["2022", "2024"], "adg"),
        ("site", "no such desk", ""),
        ("language", "en", ""),
    ],
)
def test_filters_compare_names_without_case_and_accents(
    shelf: Searcher, field: str, values: str | list[str], expected: str
) -> None:
    assert "".join(sorted(ids(shelf.search("", filter={field: values})))) == expected


def test_filters_and_dates_narrow_together(shelf: Searcher) -> None:
    assert ids(shelf.search("tea", filter={"site": "tea desk", "tag": "tea"}, from_="2024")) == ["a"]
    assert sorted(ids(shelf.search("tea", from_="2022-12-31", to="2023-01"))) == ["b", "c", "d"]
    assert ids(shelf.search("", to="2021")) == []
    assert sorted(ids(shelf.search("", from_="2023"))) == ["a", "b", "c", "g"]


def test_facets_count_what_a_filter_would_leave(shelf: Searcher) -> None:
    page = shelf.search("tea", facets="site,author,tag,year,language")
    counts = {name: [(row.value, row.count) for row in rows] for name, rows in page.facets.items()}
    assert counts == {
        "site": [("Tea Desk", 3), ("Coffee desk", 1)],
        "author": [("Zoë", 2), ("Ben", 1)],
        "tag": [("Night", 2), ("Tea", 2), ("Café", 1)],
        "year": [("2023", 2), ("2022", 1), ("2024", 1)],
        "language": [],
    }
    for field, rows in counts.items():
        for value, count in rows:
            assert shelf.search("tea", filter={field: value}).total.value == count


def test_facets_count_all_matches_and_not_only_the_page(shelf: Searcher) -> None:
    page = shelf.search("tea", limit=1, offset=3, facets="year", filter={"tag": "tea"})
    assert Counter({row.value: row.count for row in page.facets["year"]}) == Counter({"2023": 1, "2024": 1})


def test_a_removed_article_is_nowhere_any_more(archive: MakeArchive) -> None:
    made = archive(
        *(article(f"{n}", "Tea", "tea", tags=("kept",), published="2024") for n in range(8)),
        article("gone", "Vioxx recalled", "vioxx tea", site="Withdrawn desk", tags=("withdrawn",), published="1999"),
        article("changed", "Vioxa before", "vioxb tea"),
    )
    made.put(article("changed", "Tea after", "tea"))
    made.remove("gone")
    searcher = made.open()
    page = searcher.search("tea", facets="site,tag,year", limit=100)
    assert page.total.value == 9
    assert not {"gone"} & set(ids(page))
    assert {row.value for rows in page.facets.values() for row in rows} == {"kept", "2024"}
    for query in ("vioxx", "vioxb", "vio*", "vioxx~", "vi?xx", "vioxx~2"):
        answer = searcher.search(query, mode="staff")
        assert (answer.total.value, answer.hits, answer.suggestions) == (0, (), ())
        assert all(expansion.words == () for expansion in answer.query.expanded)
    assert searcher.search("vio", typing=True).query.expanded[0].words == ()
    assert searcher.suggest("vio") == ()
    assert [suggestion.text for suggestion in searcher.suggest("tea")] == ["Tea"] * 8
    assert searcher.search("", filter={"site": "withdrawn desk"}).total.value == 0
    assert searcher.facts()["articles"] == 9
    with pytest.raises(ArticleNotFound):
        searcher.article("gone")
    assert searcher.article("changed").title == "Tea after"
    searcher.close()


def test_a_word_of_a_removed_article_that_another_has_stays(archive: MakeArchive) -> None:
    made = archive(*(article(f"{n}", "Tea", "tea") for n in range(8)), article("old", "x", "teapot teacup"))
    made.put(article("new", "x", "teacup"))
    made.remove("old")
    searcher = made.open()
    assert [suggestion.text for suggestion in searcher.suggest("teac")] == ["teacup"]
    assert searcher.search("tea*", mode="staff").query.expanded[0].words == ("tea", "teacup")
    searcher.close()


def test_an_empty_archive_answers_everything_with_nothing(archive: MakeArchive) -> None:
    made = archive(article("a", "Tea", "tea"))
    made.remove("a")
    searcher = made.open()
    for query in ("", "tea", "-tea", '"tea cup"'):
        page = searcher.search(query, facets="site,tag,year", sort="-date", filter={"year": "2024"}, typing=True)
        assert (page.total.value, page.hits, page.partial) == (0, (), False)
    for query in ("te*", "NOT tea", "date:2024", "tea~"):
        assert searcher.search(query, mode="staff", sort="title").total.value == 0
    assert searcher.suggest("t") == ()
    assert searcher.facts()["articles"] == 0
    searcher.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Some hundred articles that every query finds."""
    articles = (article(f"{n:04}", "Tea", f"tea number {n} tea") for n in range(600))
    searcher = Archive(tmp_path_factory.mktemp("many") / "index", *articles).open()
    yield searcher
    searcher.close()


@pytest.mark.parametrize(
    "query", ["tea", "tea number", '"tea number"', "-tea", "", "tea number 7", '"number 7 tea" tea']
)
@pytest.mark.parametrize("sort", ["relevance", "-date", "title"])
def test_an_answer_that_is_late_from_the_start_is_partial(many: Searcher, query: str, sort: str) -> None:
    assert many.search(query).total.value or query == "-tea"
    request = SearchRequest(q=query, sort=sort, facets=("site", "year"))
    late = Searcher(Late(many._engine), many._analyzer, Settings(), "seal").answer(request)  # type: ignore[arg-type]
    assert late.partial
    assert late.total.relation == "gte"
    assert (late.total.value, late.hits) == (0, ())
    assert late.query.warnings == ()


class Late:
    """An engine that is always asked when the time is over."""

    def __init__(self, engine: object) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def answer(self, question: Question, selection: Selection, deadline: Deadline) -> object:
        return self._engine.answer(question, selection, Deadline(-1))  # type: ignore[attr-defined]


def test_an_answer_says_how_it_was_made(shelf: Searcher) -> None:
    page = shelf.search("tea", limit=2)
    assert (page.generation, page.offset, page.limit, page.partial) == ("gen-2", 0, 2, False)
    assert page.query_id == shelf.search("tea", limit=2).query_id != shelf.search("tea", limit=3).query_id
    assert page.took_ms >= 0


def comparable(page: ResultPage) -> ResultPage:
    return msgspec.structs.replace(page, took_ms=0.0)


def test_parameters_from_python_are_those_of_http(shelf: Searcher) -> None:
    page = shelf.search(
        "tea", limit=3, sort="-date", filter={"site": ["Tea Desk", "a, b"]}, from_="2023", exact=True, facets=["site"]
    )
    request = SearchRequest(
        q="tea",
        limit=3,
        sort="-date",
        filters=(("site", ("Tea Desk", "a, b")),),
        published_from="2023-01-01",
        exact=True,
        facets=("site",),
    )
    assert comparable(page) == comparable(shelf.answer(request))
    assert request_parameters(request)["filter[site]"] == "Tea Desk,a\\, b"
    assert shelf.search("tea", to=None).total.value == 6
