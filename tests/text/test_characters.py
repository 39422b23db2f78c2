"""What a character is, is what the expressions say of it; a text laid between others is the text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.text.characters import CharacterClasses, is_space, lay

EXPRESSIONS = [r"\p{L}", r"[\p{M}\p{N}]", r"\s", r"[\p{L}--[a-z]]"]
CLASSES = CharacterClasses(EXPRESSIONS)

texts = st.lists(st.text(alphabet=st.characters(categories=None), max_size=20), max_size=5)


@given(texts)
def test_a_character_has_the_bits_of_the_expressions_that_match_it(listed: list[str]) -> None:
    points = lay(listed).points
    for point, bits in zip(points.tolist(), CLASSES.bits(points)[points].tolist(), strict=True):
        expected = [regex.fullmatch(expression, chr(point), regex.V1) is not None for expression in EXPRESSIONS]
        assert [bool(bits >> number & 1) for number in range(len(EXPRESSIONS))] == expected


@given(texts)
def test_each_text_lies_between_zeros(listed: list[str]) -> None:
    points, begins = lay(listed)
    assert (points.dtype, begins.dtype) == (np.uint32, np.int64)
    assert points[begins - 1].tolist() == [0] * (len(listed) + 1)
    assert [points[begin : end - 1].tolist() for begin, end in pairwise(begins)] == [
        [ord(character) for character in text] for text in listed
    ]


def test_white_space_is_what_a_string_takes_for_it() -> None:
    spaces = [point for point in range(0x110000) if is_space(point)]
    assert spaces == [point for point in range(0x110000) if chr(point).isspace()]
