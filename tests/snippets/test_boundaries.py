"""Edges of words and graphemes, against `\\X` and regular expressions."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.snippets import boundaries
from kb.snippets.boundaries import NONE, abbreviations

from . import slow_boundaries
from .profiles import examples
from .test_character_classes import TEXTS, characters, offsets_of


@examples(60)
@given(TEXTS, st.data())
def test_graphemes_are_those_of_the_whole_text(text: str, data: st.DataObject) -> None:
    bounds = [0, *(match.end() for match in regex.finditer(r"\X", text))]
    offset = data.draw(st.integers(0, len(text)))
    assert boundaries.begin_of_grapheme(characters(text), offset) == max(bound for bound in bounds if bound <= offset)
    assert boundaries.end_of_grapheme(characters(text), offset) == min(bound for bound in bounds if bound >= offset)


@examples(100)
@given(TEXTS.filter(bool), st.data(), st.integers(0, 50))
def test_words_are_those_of_the_expressions(text: str, data: st.DataObject, reach: int) -> None:
    read = characters(text)
    offset = data.draw(st.integers(0, len(text)))
    assert boundaries.is_inside_word(read, offset) == slow_boundaries.is_inside_word(text, offset)
    assert boundaries.begin_of_word(read, offset, reach) == slow_boundaries.begin_of_word(text, offset, reach)
    assert boundaries.end_of_word(read, offset, reach) == slow_boundaries.end_of_word(text, offset, reach)
    assert boundaries.may_cut(read, offset) == slow_boundaries.may_cut(text, offset)


@examples(200)
@given(TEXTS.filter(bool), st.data())
def test_the_first_begin_and_the_last_end_of_a_word_are_those_of_the_expressions(
    text: str, data: st.DataObject
) -> None:
    read = characters(text)
    low, high = offsets_of(text, data)
    begin = boundaries.first_word_begin(read, low, high)
    assert (None if begin == NONE else begin) == slow_boundaries.first_word_begin(text, low, high)
    preferred = data.draw(st.integers(0, len(text)))
    end = boundaries.last_word_end(read, low, high, preferred, abbreviations())
    assert (None if end == NONE else end) == slow_boundaries.last_word_end(text, low, high, preferred)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("take it twice or more", " or", "take it twice"),
        ("take it twice or more", "r more", "take it twice"),
        ("ask Dr. Smith", " Smith", "ask"),
        ("take 10 mg of it", " mg", "take"),
        ("one, two or three", " two", "one"),
        ("one – two or three", " two", "one"),
        ("see e.g. the note", " the", "see"),
    ],
)
def test_a_passage_ends_before_a_word_that_points_on(text: str, limit: str, cut: str) -> None:
    end = boundaries.last_word_end(characters(text), 0, text.index(limit), 0, abbreviations())
    assert text[:end] == cut


@examples(60)
@given(st.text("ab \n\u00a0\x1c", max_size=20))
def test_white_space_at_the_end_is_what_strip_takes(text: str) -> None:
    assert boundaries.without_white(characters(text), 0, len(text)) == len(text.rstrip())
