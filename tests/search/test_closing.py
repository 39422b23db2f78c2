"""Files of an index are open for as long as somebody searches them, and not until the garbage collector comes by."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kb.engine.engine import ColumnarEngine
from kb.errors import ArticleNotFound, IndexFailure, SearcherClosed
from kb.results import SearchRequest
from kb.search.live import REFRESH_INTERVAL_S, RETRY_INTERVAL_S, LiveSearcher
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.clock import Clock
from tests.corpora import ANALYZER, FIVE, Archive, article, ids
from tests.open_files import needs_lists, no_collector, open_files

pytestmark = needs_lists

GENERATIONS = 50

CALLS: dict[str, Callable[[Searcher], Any]] = {
    "search": lambda searcher: searcher.search("sleep night", facets="site,year", typing=True),
    "staff": lambda searcher: searcher.search("sle* OR melatonn~1", mode="staff", explain=True),
    "sorted": lambda searcher: searcher.search('"at night"', sort="title", snippets=3),
    "nothing": lambda searcher: searcher.search("unheard"),
    "answer": lambda searcher: searcher.answer(SearchRequest(q="sleep")),
    "top": lambda searcher: searcher.top("sleep"),
    "suggest": lambda searcher: searcher.suggest("sle"),
    "article": lambda searcher: searcher.article("a"),
    "view": lambda searcher: searcher.view("a", "sleep"),
    "facts": lambda searcher: searcher.facts(),
}
"""Everything that a searcher can be asked."""


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    with no_collector():
        yield


@pytest.fixture
def made(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "index", *FIVE)


def test_a_close_gives_all_files_back_at_once_while_searcher_and_results_are_kept(made: Archive) -> None:
    searcher = made.open()
    results = {name: call(searcher) for name, call in CALLS.items()}
    assert open_files(made.folder)
    searcher.close()
    assert open_files(made.folder) == []
    assert ids(results["sorted"]) == ["e", "b"]
    assert "sleep" in results["article"].text
    searcher.close()
    assert searcher.generation == "gen-1"


@pytest.mark.parametrize("name", CALLS)
def test_a_call_after_the_close_says_so(made: Archive, name: str) -> None:
    searcher = made.open()
    searcher.close()
    with pytest.raises(SearcherClosed, match="the searcher of gen-1 is closed") as failure:
        CALLS[name](searcher)
    assert isinstance(failure.value, IndexFailure)


def test_a_call_in_progress_ends_with_its_answer_and_then_the_files_are_closed(
    made: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    really_answer = ColumnarEngine.answer

    def slowly(*arguments: Any) -> Any:
        begun.set()
        assert go_on.wait(10)
        return really_answer(*arguments)

    monkeypatch.setattr(ColumnarEngine, "answer", slowly)
    searcher = made.open()
    with ThreadPoolExecutor(1) as pool:
        page = pool.submit(searcher.search, "tablets nobody heard of, or sleep", explain=False)
        assert begun.wait(10)
        searcher.close()
        assert open_files(made.folder)
        go_on.set()
        assert page.result(10).generation == "gen-1"
        assert open_files(made.folder) == []


def test_an_error_leaves_nothing_open(made: Archive) -> None:
    searcher = made.open()
    with pytest.raises(ArticleNotFound):
        searcher.view("nobody")
    searcher.close()
    assert open_files(made.folder) == []


def test_of_generation_after_generation_only_the_newest_is_open(made: Archive, clock: Clock) -> None:
    live = LiveSearcher(made.folder, Settings(), ANALYZER, clock)
    counts = []
    for number in range(GENERATIONS):
        made.put(article("e", "Insomnia", f"Sleep at night, version {number}."))
        clock.now += REFRESH_INTERVAL_S
        searcher = live.current()
        assert searcher.generation == f"gen-{number + 2}"
        for call in CALLS.values():
            call(searcher)
        del searcher
        files = open_files(made.folder)
        assert [file for file in files if "deleted" in file] == []
        assert {Path(file).parent.name for file in files} == {live.current().generation}
        counts.append(len(files))
    # Segments become more with each build, and are merged again.
    assert max(counts[30:]) <= max(counts[:30])
    live.close()
    assert open_files(made.folder) == []


def test_what_was_lent_stays_open_until_it_is_given_back(made: Archive, clock: Clock) -> None:
    live = LiveSearcher(made.folder, Settings(), ANALYZER, clock)
    lent = live.current()
    for word in ("tea", "more tea", "even more tea"):
        made.put(article("tea", "Tea", word))
        clock.now += REFRESH_INTERVAL_S
        assert live.current().generation != "gen-1"
    # By now it is removed from the disk.
    assert any("(deleted)" in file for file in open_files(made.folder))
    assert ids(lent.search("insomnia")) == ["e"]
    del lent
    assert not any("(deleted)" in file for file in open_files(made.folder))
    live.close()


def test_a_generation_that_cannot_be_opened_leaves_nothing_open_however_often_it_is_tried(
    made: Archive, clock: Clock
) -> None:
    live = LiveSearcher(made.folder, Settings(), ANALYZER, clock)
    live.current()
    damaged = made.put(article("tea", "Tea", "tea"))
    # Noticed only when the arrays have been mapped already.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kb.storage.checksums.ALWAYS_HASHED", 0)
        for path in damaged.path.glob("*.stems"):
            before = path.stat()
            path.write_bytes(b"x" * before.st_size)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        counts = []
        for _ in range(20):
            clock.now += RETRY_INTERVAL_S
            assert live.current().generation == "gen-1"
            counts.append(len(open_files(made.folder)))
        live.close()
        with pytest.raises(IndexFailure):
            live.current()
    assert len(set(counts)) == 1
    assert open_files(made.folder) == []
