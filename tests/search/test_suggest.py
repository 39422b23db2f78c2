"""What somebody who is typing is offered: titles first, then words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from kb.deadline import Deadline
from kb.search.searcher import Searcher
from kb.search.suggest import MAX_COMPLETIONS, Suggester
from tests.corpora import ANALYZER, Archive, article

SHELF = (
    article("a/1", "Sleep apnea", "Breathing stops. Sleepless nights."),
    article("a/2", "Apnea in sleepers", "Sleepers and sleep."),
    article("b", "Insomnia", "Sleepless, sleepy, sleepy."),
    article("c", "Café culture", "sleep naïveté"),
    article("d", "Sleep", "Sleepy."),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    searcher = Archive(tmp_path_factory.mktemp("suggestions") / "index", *SHELF).open()
    yield searcher
    searcher.close()


@pytest.mark.parametrize(
    ("typed", "titles", "words"),
    [
        ("sle", ["Sleep", "Sleep apnea", "Apnea in sleepers"], ["sleep", "sleepless", "sleepy"]),
        ("sleep", ["Sleep", "Sleep apnea", "Apnea in sleepers"], ["sleepless", "sleepy", "sleepers"]),
        ("SLEEP AP", ["Sleep apnea", "Apnea in sleepers"], ["SLEEP apnea"]),
        ("apnea sle", ["Sleep apnea", "Apnea in sleepers"], ["apnea sleep", "apnea sleepless", "apnea sleepy"]),
        ("cafe", ["Café culture"], []),
        ("CAFÉ CUL", ["Café culture"], ["CAFÉ culture"]),
        ("naïv", [], ["naivete"]),
        ("café naïv", [], ["café naivete"]),
        ("ﬁne İstanbul naï", [], ["ﬁne İstanbul naivete"]),
        ("Straße “sleepl", [], ["Straße “sleepless"]),
        ("-apnea insom", [], ["-apnea insomnia"]),
        ("leep", [], []),
        ("unheard", [], []),
        ("", [], []),
        ("?!", [], []),
    ],
)
def test_titles_come_first_and_then_words_after_what_was_typed(
    shelf: Searcher, typed: str, titles: list[str], words: list[str]
) -> None:
    suggestions = shelf.suggest(typed)
    assert [s.text for s in suggestions if s.kind == "title"] == titles
    assert [s.text for s in suggestions if s.kind == "word"] == words
    assert [s.kind for s in suggestions] == ["title"] * len(titles) + ["word"] * len(words)


def test_a_suggestion_leads_to_the_article_or_to_a_search(shelf: Searcher) -> None:
    assert [(s.text, s.url) for s in shelf.suggest("sleep ap")] == [
        ("Sleep apnea", "/articles/a/1"),
        ("Apnea in sleepers", "/articles/a/2"),
        ("sleep apnea", "/?q=sleep+apnea"),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8])
def test_there_are_never_more_than_asked_for_and_always_a_title(shelf: Searcher, limit: int) -> None:
    suggestions = shelf.suggest("sle", limit)
    assert len(suggestions) == min(limit, 6)
    assert suggestions[0].kind == "title"


def test_an_endless_text_is_cut(shelf: Searcher) -> None:
    assert shelf.suggest("sleep " * 10_000) != ()


def test_where_nothing_is_found_there_are_words_that_begin_as_typed(shelf: Searcher) -> None:
    page = shelf.search("sleepl unheard")
    assert (page.total.value, page.suggestions) == (0, ("sleepless",))
    assert shelf.search("sleep").suggestions == ()


class EndlessEngine:
    """An engine that has as many titles and words as it is asked for, and remembers how many that was."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.dictionary = SimpleNamespace(with_prefix=self._with_prefix)

    def _with_prefix(self, prefix: str, limit: int, deadline: Deadline) -> tuple[tuple[str, ...], bool]:
        self.asked.append(limit)
        return tuple(f"{prefix}{'s' * count}" for count in range(limit)), False

    def titles(self, words: Sequence[str], limit: int) -> list[tuple[str, str]]:
        self.asked.append(limit)
        return [(f"{index}.md", " ".join(words)) for index in range(limit)]


@pytest.mark.parametrize(("limit", "titles", "completions"), [(1, 1, 0), (2, 1, 1), (4, 1, 3), (8, 5, 3)])
def test_no_more_is_looked_up_than_is_shown(limit: int, titles: int, completions: int) -> None:
    engine: Any = EndlessEngine()
    suggestions, is_partial = Suggester(engine, ANALYZER).suggest("Green tea", limit)
    assert [s.kind for s in suggestions] == ["title"] * titles + ["word"] * completions
    assert [s.text for s in suggestions[titles:]] == [f"Green tea{'s' * count}" for count in range(1, completions + 1)]
    assert not is_partial
    assert max(engine.asked) <= max(limit, MAX_COMPLETIONS + 1)


def test_words_that_there_was_no_time_for_are_said_to_be_left_out() -> None:
    engine: Any = EndlessEngine()
    suggested = Suggester(engine, ANALYZER).suggest("Green tea", 4, Deadline(-1))
    assert suggested.is_partial
    assert [s.kind for s in suggested.suggestions] == ["title", "word", "word", "word"]
    assert not Suggester(engine, ANALYZER).suggest("Green tea", 1, Deadline(-1)).is_partial
