"""The snippet contract as properties of any article and any query."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.articles.cleaning import tidy

from .asking import Asked, ask
from .contract import (
    assert_ellipses,
    assert_is_passage,
    assert_marks_are_matches,
    assert_no_grapheme_cut,
    assert_no_overlap,
    assert_no_word_cut,
    assert_not_empty,
    assert_shows_match,
    assert_well_formed,
    assert_whole_sentence_where_it_fits,
    assert_within_limit,
    check_all,
    distinct_units,
)
from .profiles import examples
from .texts import asking

Asking = tuple[str, str, Sequence[float], int, int, bool, bool]


def asked_of(case: Asking) -> tuple[Asked, int, int]:
    text, query, weights, count, chars, typing, staff = case
    asked = ask(text, query, title=" ".join(text.split()[:5]), typing=typing, staff=staff, weights=weights)
    return asked, count, chars


@examples(400)
@given(asking())
def test_every_line_of_the_contract_holds(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    check_all(asked, asked.snippets(count, chars), count, chars)


@examples(100)
@given(asking())
def test_a_hit_has_a_snippet_with_something_to_see(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    assert_not_empty(asked, asked.snippets(count, chars), count)


@pytest.mark.parametrize(
    "check",
    [assert_is_passage, assert_shows_match, assert_ellipses],
    ids=lambda check: check.__name__.removeprefix("assert_"),
)
def test_each_snippet(check) -> None:
    @examples(60)
    @given(asking())
    def holds(case: Asking) -> None:
        asked, count, chars = asked_of(case)
        for snippet in asked.snippets(count, chars):
            check(asked, snippet)

    holds()


@examples(60)
@given(asking())
def test_html_is_well_formed_and_marks_what_the_marks_say(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    for snippet in asked.snippets(count, chars):
        assert_well_formed(snippet)


@examples(60)
@given(asking(), st.integers(60, 400))
def test_never_longer_than_asked_for(case: Asking, chars: int) -> None:
    asked, count, _ = asked_of(case)
    for snippet in asked.snippets(count, chars):
        assert_within_limit(snippet, chars)


@examples(60)
@given(asking())
def test_a_phrase_is_marked_as_one_and_its_stray_words_are_not(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    for snippet in asked.snippets(count, chars):
        assert_marks_are_matches(asked, snippet, chars)


@examples(60)
@given(asking())
def test_never_cut_inside_a_word(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    for snippet in asked.snippets(count, chars):
        assert_no_word_cut(asked, snippet, chars)


@examples(60)
@given(asking())
def test_never_cut_inside_a_grapheme(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    for snippet in asked.snippets(count, chars):
        assert_no_grapheme_cut(asked, snippet, chars)


@examples(60)
@given(asking())
def test_whole_sentences_where_they_fit(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    snippets = asked.snippets(count, chars)
    for snippet in snippets:
        assert_whole_sentence_where_it_fits(asked, snippet, snippets, chars)


@examples(60)
@given(asking())
def test_passages_are_in_reading_order_and_do_not_overlap(case: Asking) -> None:
    asked, _, chars = asked_of(case)
    assert_no_overlap(asked.snippets(5, chars))


@examples(60)
@given(asking())
def test_more_passages_never_show_fewer_words(case: Asking) -> None:
    asked, _, chars = asked_of(case)
    shown = [len(distinct_units(asked, asked.snippets(count, chars))) for count in (1, 2, 3, 5)]
    assert shown == sorted(shown)


@examples(60)
@given(asking())
def test_the_same_question_gives_the_same_snippets_and_changes_nothing(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    before = copy.deepcopy(asked)
    first = asked.snippets(count, chars)
    assert asked.snippets(count, chars) == first
    assert _frozen(asked) == _frozen(before)


@examples(150)
@given(st.text(), st.text(max_size=20), st.integers(60, 400))
@example("\ud800 lone", "lone", 60)
@example("", "anything", 60)
@example("\u200b", "x", 60)
@example(" \n\n x", "x", 60)
def test_never_fails_even_on_text_that_no_reader_gives(text: str, query: str, chars: int) -> None:
    for snippet in ask(text, query).snippets(3, chars):
        assert text[snippet.start : snippet.end] == snippet.text
        assert_within_limit(snippet, chars)


@pytest.mark.parametrize(
    "letters", ["a", "心", "е\u0301", "한", "\u1112\u1161\u11ab", "🇩🇪", "क्ष", "ไ", "👩‍👧", "5", "x'"]
)
@pytest.mark.parametrize("chars", [60, 200, 400])
def test_a_run_of_5000_letters(letters: str, chars: int) -> None:
    run = letters * (5000 // len(letters))
    text = tidy(f"Before the run. A run {run} ends here. After the run.")
    for query in ("run", "ends", run[:48], run[-30:], f'"{run[: 20 * len(letters)]}"', "nowhere"):
        asked = ask(text, query)
        check_all(asked, asked.snippets(3, chars), 3, chars)


@pytest.mark.parametrize("text", ["a", "5", "心", "👍🏽", "e\u0301", "&", "…", "-", "."])
def test_a_text_of_one_character(text: str) -> None:
    asked = ask(text, text)
    check_all(asked, asked.snippets(3, 60), 3, 60)
    assert [s.text for s in asked.snippets(3, 60)] == [text]


def test_a_text_of_only_stop_words() -> None:
    asked = ask("to be or not to be and " * 50, "to be")
    check_all(asked, asked.snippets(3, 60), 3, 60)


@pytest.mark.parametrize("query", ["needle", '"needle point"', "word needle", "-word", "the"])
def test_a_text_of_200_000_characters(query: str) -> None:
    text = tidy("The word is here. " * 5600 + "A needle point. " + "The word is there. " * 5600)
    assert len(text) > 200_000
    asked = ask(text, query)
    for chars in (60, 200, 400):
        check_all(asked, asked.snippets(5, chars), 5, chars)


def _frozen(asked: Asked) -> bytes:
    return msgspec.msgpack.encode([asked.text, asked.occurrences, asked.weights])
