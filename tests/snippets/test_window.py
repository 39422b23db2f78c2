"""What the window around a match shows: sentences, else words, else graphemes."""

from __future__ import annotations

import numpy as np
import pytest

from kb.results import INSIDE_WORD, SENTENCE, WORD
from kb.snippets.columns import BEGINS_WITH, ENDS_WITH, PASSAGE_BEGIN, PASSAGE_END
from kb.snippets.passages import fit_passages
from kb.snippets.window import longest_span

from .test_passages import page


def shown(text: str, word: str, chars: int = 60) -> tuple[str, int, int]:
    """The passage around the first time a word stands in a text, and its edges."""
    begin = text.index(word)
    span = [(0, begin, begin + len(word), begin + len(word), 0, len(text))]
    passage = fit_passages(page(text), np.array(span, dtype=np.int64), chars)[0].tolist()
    return text[passage[PASSAGE_BEGIN] : passage[PASSAGE_END]], passage[BEGINS_WITH], passage[ENDS_WITH]


def test_a_sentence_that_fits_is_shown_whole() -> None:
    assert shown("It was late. The heart beats all day long. " + "More follows. " * 9, "beats") == (
        "The heart beats all day long. More follows. More follows.",
        SENTENCE,
        SENTENCE,
    )


def test_of_a_longer_sentence_whole_words_are_shown() -> None:
    text = "the words of a sentence that never ends " * 8
    passage, begins, ends = shown(text + "needle " + text, "needle")
    assert "needle" in passage
    assert len(passage) <= 58
    assert set(passage.split()) <= {*text.split(), "needle"}
    assert (begins, ends) == (WORD, WORD)


def test_a_word_longer_than_a_passage_is_cut() -> None:
    passage, begins, ends = shown("x" * 300 + "needle" + "x" * 300, "needle")
    assert (len(passage) <= 58, begins, ends) == (True, INSIDE_WORD, INSIDE_WORD)


def test_a_grapheme_is_not_cut() -> None:
    text = "👩‍👩‍👧‍👦" * 40 + "z\u0301" + "👩‍👩‍👧‍👦" * 40
    passage, _, _ = shown(text, "z\u0301")
    assert passage.replace("👩‍👩‍👧‍👦", "").replace("z\u0301", "") == ""


@pytest.mark.parametrize("chars", [60, 200, 400])
def test_a_span_leaves_room_for_two_ellipses_and_the_ends_of_words(chars: int) -> None:
    assert 0.8 * chars < longest_span(chars) <= chars - 2
