"""The passage that a text begins with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.results import SENTENCE
from kb.snippets.columns import BEGINS_WITH, ENDS_WITH, PASSAGE_BEGIN, PASSAGE_END
from kb.snippets.opening import openings

from .asking import ask
from .profiles import examples
from .texts import articles


def opened(text: str, chars: int = 60) -> str | None:
    """The characters of the opening; None without one."""
    passages = openings(ask(text, "").answer.texts, [0], chars)
    return text[passages[0][PASSAGE_BEGIN] : passages[0][PASSAGE_END]] if passages else None


def test_it_is_the_first_sentences_that_fit() -> None:
    text = "One is here. Two is here as well. Three is much longer than what fits into so few characters."
    assert opened(text) == "One is here. Two is here as well."
    (passage,) = openings(ask(text, "").answer.texts, [0], 60)
    assert (passage[BEGINS_WITH], passage[ENDS_WITH]) == (SENTENCE, SENTENCE)


def test_headings_are_passed_over() -> None:
    assert opened("About us\n\nOur aims\n\nWe answer questions. Ask.") == "We answer questions. Ask."


def test_of_headings_alone_the_first_is_shown() -> None:
    assert opened("About us\n\n") == "About us"


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\n\n"])
def test_a_text_with_nothing_visible_has_none(text: str) -> None:
    assert opened(text) is None


def test_what_is_visible_behind_much_that_is_not_is_found() -> None:
    shown = opened("\u200b" * 500 + "word")
    assert shown is not None
    assert "word" in shown


@examples(60)
@given(articles(60), st.integers(60, 400))
def test_it_is_as_long_as_asked_for_at_most_and_never_blank(text: str, chars: int) -> None:
    shown = opened(text, chars)
    if shown is not None:
        assert shown.strip()
        assert len(shown) <= chars
