"""What a character is, is what the expressions say of it; a text among others is the text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.text.characters import (
    ENCODINGS,
    CharacterClasses,
    class_bits,
    concatenated,
    is_space,
    points_of,
    substrings,
    text_of,
)

EXPRESSIONS = [r"\p{L}", r"[\p{M}\p{N}]", r"\s", r"[\p{L}--[a-z]]"]
CLASSES = CharacterClasses(EXPRESSIONS)

texts = st.text(alphabet=st.characters(categories=None), max_size=20)
lists_of_texts = st.lists(texts, max_size=5)


@given(lists_of_texts)
def test_a_character_has_the_bits_of_the_expressions_that_match_it(listed: list[str]) -> None:
    points = concatenated(listed).points
    for point, bits in zip(points.tolist(), CLASSES.bits(points)[points].tolist(), strict=True):
        expected = [regex.fullmatch(expression, chr(point), regex.V1) is not None for expression in EXPRESSIONS]
        assert [bool(bits >> i & 1) for i in range(len(EXPRESSIONS))] == expected


@given(texts)
def test_the_bits_of_a_text_are_those_of_its_characters(text: str) -> None:
    points = points_of(text)
    assert class_bits(text, EXPRESSIONS).tolist() == CLASSES.bits(points)[points].tolist()


@given(lists_of_texts)
def test_each_text_lies_between_zeros(listed: list[str]) -> None:
    points, begins = concatenated(listed)
    assert (points.dtype, begins.dtype) == (np.uint32, np.int64)
    assert points[begins - 1].tolist() == [0] * (len(listed) + 1)
    assert [points[begin : end - 1].tolist() for begin, end in pairwise(begins)] == [
        [ord(character) for character in text] for text in listed
    ]


@given(texts)
def test_a_text_is_the_same_after_its_code_points(text: str) -> None:
    assert points_of(text).tolist() == [ord(character) for character in text]
    assert text_of(points_of(text)) == text


def test_white_space_is_what_a_string_takes_for_it() -> None:
    spaces = [point for point in range(0x110000) if is_space(point)]
    assert spaces == [point for point in range(0x110000) if chr(point).isspace()]


def test_substrings_are_given_by_where_they_begin_and_end() -> None:
    assert substrings("sleep well", [0, 6, 3], [5, 10, 3]) == ["sleep", "well", ""]


@pytest.mark.parametrize(("width", "text"), [(1, "caf\xe9"), (2, "\u0394\u7720"), (4, "a\U0001f600\u7720")])
def test_an_offset_times_the_width_is_an_offset_of_bytes(width: int, text: str) -> None:
    content = text.encode(ENCODINGS[width])
    assert [content[width * i :].decode(ENCODINGS[width]) for i in range(len(text))] == [
        text[i:] for i in range(len(text))
    ]
