"""One searcher over an index that is built anew, damaged, rolled back and closed while people search."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from kb.errors import IndexDamaged, NoIndex
from kb.search import live as live_module
from kb.search.live import REFRESH_INTERVAL_S, RETRY_INTERVAL_S, LiveSearcher, open_index
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.storage.generations import CURRENT, Generation, Generations
from tests.clock import Clock
from tests.corpora import ANALYZER, Archive, MakeArchive, article, ids
from tests.storage.damaged_states import POINTERS, STATES


@pytest.fixture
def made(archive: MakeArchive) -> Archive:
    return archive(article("a", "Tea", "tea"))


def opened(made: Archive, clock: Callable[[], float] = time.monotonic) -> LiveSearcher:
    return LiveSearcher(made.folder, Settings(query_ms=60000), ANALYZER, clock)


def damage(generation: Generation) -> Path:
    """One letter of the largest file is another; the file's size stays."""
    path = max(generation.path.glob("MAIN*"), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()  # generations share files
    path.write_bytes(content)
    return path


def test_a_new_generation_is_searched_a_moment_later(made: Archive) -> None:
    live = opened(made)
    assert ids(live.current().search("tea")) == ["a"]
    generation = made.put(article("b", "Tea", "tea"))
    published = time.monotonic()
    while live.current().generation != generation.name:
        assert time.monotonic() - published < 5
        time.sleep(0.005)
    assert time.monotonic() - published < REFRESH_INTERVAL_S + 0.3
    assert ids(live.current().search("tea")) == ["a", "b"]
    live.close()


def test_the_folder_is_looked_at_no_more_often_than_needed(
    made: Archive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    stamp = Generations.stamp

    def counted(generations: Generations) -> tuple[bytes, bytes]:
        looks.append(clock.now)
        return stamp(generations)

    monkeypatch.setattr(Generations, "stamp", counted)
    live = opened(made, clock)
    for _ in range(100):
        live.current()
        clock.now += 0.01
    assert len(set(looks)) == 5
    live.close()


def test_a_damaged_generation_never_replaces_one_that_is_open(
    made: Archive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    live = opened(made, clock)
    first = live.current()
    second = made.put(article("b", "Tea", "tea"))
    path = damage(second)
    for _ in range(20):
        clock.now += REFRESH_INTERVAL_S
        assert live.current() is first
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is damaged: its content does not fit its checksum; answering from gen-1 instead"
    ]
    third = made.put(article("c", "Tea", "tea"))
    clock.now += REFRESH_INTERVAL_S
    assert live.current().generation == third.name
    assert ids(live.current().search("tea")) == ["a", "b", "c"]
    live.close()


def test_a_generation_that_was_damaged_is_tried_again_after_a_while(made: Archive, clock: Clock) -> None:
    live = opened(made, clock)
    assert live.current().generation == "gen-1"
    second = made.put(article("b", "Tea", "tea"))
    path = next(iter(sorted(second.path.glob("*.words"))))
    whole = path.read_bytes()
    path.unlink()
    clock.now += REFRESH_INTERVAL_S
    assert live.current().generation == "gen-1"
    path.write_bytes(whole)
    clock.now += RETRY_INTERVAL_S
    assert live.current().generation == "gen-2"
    live.close()


def test_a_generation_that_was_damaged_at_the_start_is_tried_again_after_a_while(made: Archive, clock: Clock) -> None:
    second = made.put(article("b", "Tea", "tea"))
    path = next(iter(sorted(second.path.glob("*.words"))))
    whole = path.read_bytes()
    path.unlink()
    live = opened(made, clock)
    assert live.current().generation == "gen-1"
    path.write_bytes(whole)
    clock.now += REFRESH_INTERVAL_S
    assert live.current().generation == "gen-1"
    clock.now += RETRY_INTERVAL_S
    assert live.current().generation == "gen-2"
    live.close()


def test_a_folder_that_vanishes_does_not_stop_what_is_open(
    made: Archive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    live = opened(made, clock)
    live.current()
    (made.folder / CURRENT).rename(made.folder / "elsewhere")
    for _ in range(5):
        clock.now += REFRESH_INTERVAL_S
        assert ids(live.current().search("tea")) == ["a"]
    assert len(caplog.records) == 1
    (made.folder / "elsewhere").rename(made.folder / CURRENT)
    clock.now += REFRESH_INTERVAL_S
    assert live.current().generation == "gen-1"
    live.close()


def test_a_disk_that_fails_does_not_stop_what_is_open(
    made: Archive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = opened(made, clock)
    first = live.current()

    def failing(_: Generations) -> tuple[bytes, bytes]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Generations, "stamp", failing)
    clock.now += REFRESH_INTERVAL_S
    assert live.current() is first
    live.close()


def test_at_the_start_the_one_before_stands_in_for_a_damaged_one(
    made: Archive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    made.put(article("b", "Tea", "tea"))
    path = damage(made.put(article("c", "Tea", "tea")))
    live = opened(made, clock)
    for _ in range(20):
        assert live.current().generation == "gen-2"
        clock.now += RETRY_INTERVAL_S
    assert ids(live.current().search("tea")) == ["a", "b"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is damaged: its content does not fit its checksum; answering from gen-2 instead"
    ]
    live.close()


@pytest.mark.parametrize("state", STATES)
def test_whatever_the_damage_a_searcher_is_opened_with_one_line_of_warning(
    made: Archive, clock: Clock, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    made.put(article("b", "Tea", "tea"))
    STATES[state](made.folder)
    found = ["a", "b"] if state in POINTERS else ["a"]
    live = opened(made, clock)
    assert ids(live.current().search("tea")) == found
    live.close()
    with closing(open_index(made.folder)) as searcher:
        assert ids(searcher.search("tea")) == found
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert set(messages) == {messages[0]}
    assert messages[0].endswith(f"; answering from gen-{len(found)} instead")


@pytest.mark.parametrize("state", STATES)
def test_whatever_the_damage_a_searcher_that_is_open_goes_on_until_the_next_build(
    made: Archive, clock: Clock, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    made.put(article("b", "Tea", "tea"))
    live = opened(made, clock)
    first = live.current()
    STATES[state](made.folder)
    for _ in range(5):
        clock.now += RETRY_INTERVAL_S
        assert live.current() is first
    # A cut manifest has the seal that is open: there is nothing to look for.
    assert len(caplog.records) == (state != "the manifest is cut")
    made.put(article("c", "Tea", "tea"))
    clock.now += REFRESH_INTERVAL_S
    assert ids(live.current().search("tea")) == ["a", "b", "c"]
    live.close()


def test_where_every_generation_is_damaged_that_is_said(made: Archive) -> None:
    path = damage(Generations(made.folder).current())
    with pytest.raises(IndexDamaged, match=str(path)):
        opened(made).current()
    with pytest.raises(IndexDamaged, match=str(path)):
        open_index(made.folder)


def test_where_there_is_no_index_the_way_to_one_is_said(tmp_path: Path) -> None:
    missing = LiveSearcher(tmp_path / "none", Settings(), ANALYZER)
    with pytest.raises(NoIndex, match="kb index"):
        missing.current()
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoIndex, match=r"nothing has been published in .*empty; build the index with: kb index"):
        LiveSearcher(tmp_path / "empty", Settings(), ANALYZER).current()
    with pytest.raises(NoIndex, match="there is no index folder"):
        open_index(tmp_path / "none")


def test_the_first_index_is_found_without_a_restart(tmp_path: Path) -> None:
    live = LiveSearcher(tmp_path / "index", Settings(), ANALYZER)
    with pytest.raises(NoIndex):
        live.current()
    Archive(tmp_path / "index", article("a", "Tea", "tea"))
    assert ids(live.current().search("tea")) == ["a"]
    live.close()


def test_nobody_waits_for_the_one_who_opens_a_new_generation(
    made: Archive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = opened(made, clock)
    first = live.current()
    made.put(article("b", "Tea", "tea"))
    opening, go_on = threading.Event(), threading.Event()
    really_open = live_module.open_generation

    def slowly(*arguments: object) -> Searcher:
        opening.set()
        assert go_on.wait(10)
        return really_open(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(live_module, "open_generation", slowly)
    clock.now += REFRESH_INTERVAL_S
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(live.current)
        assert opening.wait(10)
        clock.now += 10 * REFRESH_INTERVAL_S
        assert live.current() is first
        go_on.set()
        assert second.result(10).generation == "gen-2"
    assert live.current().generation == "gen-2"
    live.close()


def test_searches_under_way_finish_while_generations_change(made: Archive) -> None:
    live = opened(made)
    stop = threading.Event()
    seen: set[str] = set()

    def search_on() -> int:
        done = 0
        while not stop.is_set():
            searcher = live.current()
            page = searcher.search("tea", facets="site", typing=True)
            articles = int(searcher.generation.removeprefix("gen-"))
            assert (page.generation, page.total.value, page.partial) == (searcher.generation, articles, False)
            assert len(page.hits) == min(10, articles)
            assert searcher.suggest("te")
            seen.add(page.generation)
            done += 1
        return done

    with ThreadPoolExecutor(6) as pool:
        searches = [pool.submit(search_on) for _ in range(6)]
        for index in range(5):
            made.put(article(f"more{index}", "Tea", "tea"))
            time.sleep(0.25)
        stop.set()
        assert all(search.result(30) > 0 for search in searches)
    assert live.current().generation == "gen-6"
    assert len(seen) > 2
    live.close()


def test_a_searcher_that_was_lent_before_the_change_still_answers(made: Archive, clock: Clock) -> None:
    live = opened(made, clock)
    before = live.current()
    made.put(article("b", "Tea", "tea"))
    clock.now += REFRESH_INTERVAL_S
    assert ids(live.current().search("tea")) == ["a", "b"]
    assert ids(before.search("tea")) == ["a"]
    before.close()
    live.close()
