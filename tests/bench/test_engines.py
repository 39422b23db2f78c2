from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bench.articles import Article
from bench.engines import NAMES, ForeignEngine, NotInstalled, NotOffered, SearchEngine, started

ARTICLES = [
    Article("a", "Migraine", "A headache on one side of the head, often with nausea."),
    Article("b", "Asthma", "Wheezing and shortness of breath at night."),
    Article("c", "Eczema", "Dry skin that itches."),
]


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    try:
        engine = started(request.param, tmp_path / "index")
    except NotInstalled as reason:
        pytest.skip(str(reason))
    if isinstance(engine, ForeignEngine):
        engine.hand_over(ARTICLES)
    engine.build(ARTICLES)
    engine.open()
    with closing(engine):
        yield engine


def test_an_engine_finds_an_article_by_a_word_of_its_text(engine: SearchEngine) -> None:
    assert offered(engine.search, "wheezing")[0] == "b"


def test_an_engine_shows_the_word_that_matched(engine: SearchEngine) -> None:
    assert "wheezing" in offered(engine.search_with_snippets, "Wheezing?")[0].lower()


def test_an_engine_beside_python_times_each_query_itself(engine: SearchEngine) -> None:
    if not isinstance(engine, ForeignEngine):
        pytest.skip("timed in Python")
    times = [*engine.times("search", ["wheezing", "head"]), *engine.times("search_with_snippets", ["wheezing"])]
    assert len(times) == 3
    assert min(times) > 0


@pytest.mark.parametrize("query", ["xylophone", "?", '"', "AND"])
def test_an_engine_answers_what_is_not_there_and_what_is_no_word(engine: SearchEngine, query: str) -> None:
    try:
        engine.search_with_snippets(query)
    except NotOffered:
        engine.search(query)


def offered(search: Callable[[str], Sequence[str]], query: str) -> Sequence[str]:
    """What the search returns; the test is skipped where the engine does not offer it."""
    try:
        return search(query)
    except NotOffered as reason:
        pytest.skip(str(reason))
