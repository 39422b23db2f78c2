"""What somebody who is typing is offered: titles first, then words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.search.searcher import Searcher
from tests.corpora import Archive, article

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
    found = shelf.suggest(typed)
    assert [s.text for s in found if s.kind == "title"] == titles
    assert [s.text for s in found if s.kind == "word"] == words
    assert [s.kind for s in found] == ["title"] * len(titles) + ["word"] * len(words)


def test_a_suggestion_leads_to_the_article_or_to_a_search(shelf: Searcher) -> None:
    assert [(s.text, s.url) for s in shelf.suggest("sleep ap")] == [
        ("Sleep apnea", "/articles/a/1"),
        ("Apnea in sleepers", "/articles/a/2"),
        ("sleep apnea", "/?q=sleep+apnea"),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8])
def test_there_are_never_more_than_asked_for_and_always_a_title(shelf: Searcher, limit: int) -> None:
    found = shelf.suggest("sle", limit)
    assert len(found) == min(limit, 6)
    assert found[0].kind == "title"


def test_an_endless_text_is_cut(shelf: Searcher) -> None:
    assert shelf.suggest("sleep " * 10_000) != ()


def test_where_nothing_is_found_there_are_words_that_begin_as_typed(shelf: Searcher) -> None:
    page = shelf.search("sleepl unheard")
    assert (page.total.value, page.suggestions) == (0, ("sleepless",))
    assert shelf.search("sleep").suggestions == ()
