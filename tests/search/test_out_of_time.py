"""However early the time runs out, an answer is either whole or says that it is not, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kb.deadline import Deadline
from kb.results import ResultPage
from kb.search.searcher import Searcher
from tests.corpora import Archive, article

WORDS = ("tea", "teas", "teapot", "cup", "cups", "milk", "night")
REQUESTS: dict[str, dict[str, Any]] = {
    "tea cup": {"snippets": 2},
    "tea~1 te* cu?s": {"mode": "staff", "explain": True, "limit": 3},
    '"tea cup"~3 OR title:milk': {"mode": "staff", "explain": True},
    "milk": {"facets": ["tag", "site"], "filter": {"tag": ["hot"]}},
    "": {"sort": "title", "facets": ["year"], "exact": True},
    "unheard words": {},
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder: Path = tmp_path_factory.mktemp("late") / "index"
    made = [
        article(
            f"{n:02}",
            f"{WORDS[n % 7]} {WORDS[n % 3]}",
            " ".join(WORDS[n * k % 7] for k in range(40)),
            tags=("hot", f"tag {n}") if n % 2 else ("cold",),
            site=f"Site {n % 3}",
        )
        for n in range(30)
    ]
    searcher = Archive(folder, *made).open()
    yield searcher
    searcher.close()


def looks(count: int) -> Callable[[], Deadline]:
    """A deadline that passes after so many looks at the clock."""
    return lambda: Deadline(count, iter(range(10**6)).__next__)


def comparable(page: ResultPage) -> ResultPage:
    return msgspec.structs.replace(page, took_ms=0.0)


@pytest.mark.parametrize("query", REQUESTS)
def test_an_answer_is_whole_or_says_that_it_is_not(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    whole = comparable(searcher.search(query, **REQUESTS[query]))
    assert not whole.partial
    partial = 0
    for count in range(200):
        monkeypatch.setattr(searcher, "_deadline", looks(count))
        page = comparable(searcher.search(query, **REQUESTS[query]))
        if page.partial:
            partial += 1
            assert page.total.relation == "gte"
            assert page.total.value <= whole.total.value
            missing = [hit for hit in page.hits if REQUESTS[query].get("explain") and not hit.explanation]
            assert any("not explained" in warning for warning in page.query.warnings) == bool(missing)
            for name in REQUESTS[query].get("facets", []):
                assert name in page.facets or any(name in warning for warning in page.query.warnings)
        else:
            assert page == whole
    assert 0 < partial < 200


def test_suggestions_and_rankings_are_honest_too(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    ranking, suggestions = searcher.top("tea cup"), searcher.suggest("te")
    for count in range(60):
        monkeypatch.setattr(searcher, "_deadline", looks(count))
        found = searcher.top("tea cup")
        assert found == ranking or found.partial
        assert searcher.suggestions("te") == (suggestions, False)
    assert found == ranking
