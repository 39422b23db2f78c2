"""An answer does not show how the articles are spread over segments, nor how many threads ask at the same time."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from kb.article import Article
from kb.engine.engine import ColumnarEngine
from kb.results import ResultPage, SearchRequest
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.corpora import ANALYZER, Change, article, index_of, left_by, real_articles

from .test_oracle import WORDS, random_articles

BUILDS = 12
SORTS = ("relevance", "relevance", "relevance", "-date", "date", "title")
FILTERS = (
    (),
    (),
    (("site", ("Sleep desk",)),),
    (("author", ("ADA", "nobody")), ("year", ("2022", "2024"))),
    (("tag", ("night shift", "dose")),),
)
FACETS = ("site", "author", "tag", "year", "language")
STAFF = (
    "sle* night",
    "title:sle?p* OR heart^3",
    "aphea~ OR vitamins~2",
    '"dose night"~4 -day',
    "(sleep OR apnea) NOT (insomnia OR title:dose)",
    "sleep date:2023..2024-05-03",
    'site:"sleep desk" -tag:dose night',
    "NOT sleep",
    'body:"the day" OR title:"the day"',
)


def searcher_over(folder: Path) -> Searcher:
    return Searcher(ColumnarEngine(folder, "same", ANALYZER), ANALYZER, Settings(query_ms=60000), "seal")


def spread(articles: list[Article], builds: int = BUILDS) -> list[Change]:
    """The articles, some in each of so many builds."""
    return [Change(articles[number::builds]) for number in range(builds)]


def random_requests(chance: random.Random, count: int) -> Iterator[SearchRequest]:
    for _ in range(count):
        staff = chance.random() < 0.25
        words = [chance.choice(WORDS) for _ in range(chance.randint(0, 4))]
        visitor = [*words, *chance.sample(['"sleep apnea"', "-skin", '"the day and"', "omega-3", "unheard"], 1)]
        limit = chance.choice((1, 3, 10, 50))
        yield SearchRequest(
            q=chance.choice(STAFF) if staff else " ".join(chance.choice((words, visitor))),
            mode="staff" if staff else "visitor",
            limit=limit,
            offset=limit * chance.choice((0, 0, 1, 3)),
            sort=chance.choice(SORTS),
            filters=chance.choice(FILTERS),
            published_from=chance.choice((None, None, "2023-01-01")),
            published_to=chance.choice((None, None, "2024-05-03")),
            facets=chance.choice(((), FACETS)),
            match=chance.choice(("most", "any", "all")),
            exact=chance.random() < 0.2,
            typing=not staff and chance.random() < 0.3,
            snippets=chance.choice((0, 1, 3)),
            snippet_chars=chance.choice((60, 200)),
        )


def content(page: ResultPage) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(page, took_ms=0.0))


def assert_alike(one: Searcher, many: Searcher, requests: list[SearchRequest]) -> None:
    for request in requests:
        assert content(many.answer(request)) == content(one.answer(request)), request


def test_one_segment_answers_as_twelve_do_to_the_byte(tmp_path: Path) -> None:
    chance = random.Random(3)
    articles = random_articles(chance, range(240))
    one = searcher_over(index_of(tmp_path / "one", Change(articles)))
    many = searcher_over(index_of(tmp_path / "many", *spread(articles)))
    assert (one.facts()["segments"], many.facts()["segments"]) == (1, BUILDS)
    assert_alike(one, many, list(random_requests(chance, 300)))
    for typed in ("s", "sle", "sleep ni", "in", "the"):
        assert one.suggest(typed) == many.suggest(typed)


@pytest.mark.parametrize("merged", [False, True])
def test_what_was_replaced_and_removed_leaves_no_trace(tmp_path: Path, merged: bool) -> None:
    chance = random.Random(5)
    changes = spread(random_articles(chance, range(200)))
    changes.append(Change([], [f"{number:03}" for number in range(0, 200, 9)]))
    changes.append(Change(random_articles(chance, range(40, 90, 3))))
    changes.append(Change(random_articles(chance, range(200, 210)), ["043", "061"]))
    one = searcher_over(index_of(tmp_path / "one", Change(left_by(changes))))
    many = searcher_over(index_of(tmp_path / "many", *changes, merged=merged))
    assert one.facts()["articles"] == many.facts()["articles"]
    assert_alike(one, many, list(random_requests(chance, 300)))
    for word in WORDS:
        assert one.suggest(word[:2]) == many.suggest(word[:2])


def test_a_thousand_queries_find_the_same_health_articles_in_one_segment_as_in_twelve(
    tmp_path: Path, test_data: Path
) -> None:
    queries = (test_data / "articles" / "medquad-queries.txt").read_text(encoding="utf-8").splitlines()
    articles = random.Random(1).sample(real_articles(test_data / "articles" / "medquad.jsonl.gz"), 3000)
    replaced = [article(made.id, made.title, f"An earlier version. {made.text[:500]}") for made in articles[:100]]
    gone = [article(f"gone-{number}", made.title, made.text) for number, made in enumerate(articles[:100])]
    last = Change(articles[:100], [made.id for made in gone])
    changes = [*spread([*replaced, *gone, *articles[100:]], BUILDS - 1), last]
    one = searcher_over(index_of(tmp_path / "one", Change(articles)))
    many = searcher_over(index_of(tmp_path / "many", *changes))
    assert_alike(one, many, [SearchRequest(q=query) for query in queries])


def test_eight_threads_get_the_answers_that_one_gets(tmp_path: Path) -> None:
    chance = random.Random(9)
    short = [msgspec.structs.replace(made, text=made.text[:80]) for made in random_articles(chance, range(16))]
    folder = index_of(tmp_path / "index", *spread(short, 2), Change([], ["003", "011"]))
    requests = [msgspec.structs.replace(request, limit=3) for request in random_requests(chance, 500)]
    alone = searcher_over(folder)
    expected = [content(alone.answer(request)) for request in requests]
    shared = searcher_over(folder)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda n: content(shared.answer(requests[n % len(requests)])), range(10_000)))
    finally:
        sys.setswitchinterval(interval)
    assert all(page == expected[n % len(requests)] for n, page in enumerate(found))
