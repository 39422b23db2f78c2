"""Before the service begins, what answering takes is loaded; a warm-up leaves nothing behind and fails nobody."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from kb.dictionary.fuzzy import _edit_distances
from kb.search.searcher import Searcher
from kb.search.warmup import warm_up
from kb.settings import Settings
from kb.storage.generations import Generations
from tests.corpora import FIVE, Archive, article
from tests.open_files import needs_lists, no_collector, open_files
from tests.storage.damaged_states import STATES


@needs_lists
def test_it_loads_compiled_loops_and_leaves_nothing_of_the_index_open(tmp_path: Path) -> None:
    Archive(tmp_path / "index", *FIVE)
    threads = threading.active_count()
    with no_collector():
        warm_up(Settings(index=str(tmp_path / "index")))
        left = open_files(tmp_path)
    assert _edit_distances.is_machine_code
    assert threading.active_count() == threads
    assert left == []


def test_without_an_index_or_with_a_damaged_one_nothing_happens(tmp_path: Path) -> None:
    warm_up(Settings(index=str(tmp_path / "none")))
    Archive(tmp_path / "index", *FIVE)
    for path in Generations(tmp_path / "index").current().path.glob("*.toc"):
        path.write_bytes(b"no pickle")
    warm_up(Settings(index=str(tmp_path / "index")))


@pytest.mark.parametrize("title", ["A", "A AND OR NOT", 'I, "or" not', "…", "睡眠 不足", "NOT", "title:x ~ ^2 ("])
def test_any_title_can_be_warmed_up_with(tmp_path: Path, caplog: pytest.LogCaptureFixture, title: str) -> None:
    Archive(tmp_path / "index", article("a", title, "Sleep."))
    with caplog.at_level(logging.ERROR):
        warm_up(Settings(index=str(tmp_path / "index")))
    assert caplog.text == ""


def test_a_warm_up_that_fails_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    Archive(tmp_path / "index", *FIVE)
    monkeypatch.setattr(Searcher, "search", fail)
    with caplog.at_level(logging.ERROR):
        warm_up(Settings(index=str(tmp_path / "index")))
    assert "the warm-up failed" in caplog.text


@pytest.mark.parametrize("state", ["CURRENT is garbage", "the manifest is missing"])
def test_a_substitute_for_a_damaged_generation_will_do_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    archive = Archive(tmp_path / "index", *FIVE)
    archive.put(article("tea", "Tea", "tea"))
    STATES[state](tmp_path / "index")
    searched: list[str] = []
    search = Searcher.search
    monkeypatch.setattr(Searcher, "search", lambda *given, **more: searched.append("") or search(*given, **more))
    warm_up(Settings(index=str(tmp_path / "index")))
    assert searched
    assert caplog.text == ""
