"""Characters as loops read them: graphemes against `\\X`."""

from __future__ import annotations

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.snippets.character_classes import (
    GRAPHEME,
    OF_WORD,
    SPACE,
    WHITE,
    Characters,
    grapheme_window,
    plain_classes,
    write_plain_classes,
)
from kb.text.characters import points_of

from . import slow_boundaries
from .profiles import examples
from .texts import articles

PLAIN = st.text("ab, .'’1½é(–\n\u00a0A", max_size=60)
TEXTS = articles(60) | PLAIN | st.text(max_size=30)


def characters(text: str) -> Characters:
    """A whole text as the loops read it."""
    points = points_of(text).copy()
    begin, classes = grapheme_window(text, 0, len(text))
    assert (begin, len(classes)) == (0, len(text))
    return Characters(points, classes)


def offsets_of(text: str, data: st.DataObject) -> tuple[int, int]:
    """Two offsets in a text in order, neither of them its end."""
    low = data.draw(st.integers(0, len(text) - 1))
    return low, data.draw(st.integers(low, len(text) - 1))


@examples(60)
@given(TEXTS.filter(bool), st.data())
def test_a_stretch_is_widened_to_edges_of_graphemes(text: str, data: st.DataObject) -> None:
    bounds = [0, *(match.end() for match in regex.finditer(r"\X", text))]
    low, high = offsets_of(text, data)
    begin, classes = grapheme_window(text, low, high)
    end = begin + len(classes)
    assert begin <= low <= high <= end
    assert {begin, end} <= set(bounds)
    assert (begin + np.flatnonzero(classes & GRAPHEME)).tolist() == [b for b in bounds if begin <= b < end]


@examples(60)
@given(PLAIN | st.text(max_size=20))
def test_text_is_plain_only_if_every_character_is_a_grapheme(text: str) -> None:
    points = points_of(text).copy()
    read = Characters(points, np.empty(len(points), dtype=np.uint16))
    if write_plain_classes(read, plain_classes()):
        assert regex.findall(r"\X", text) == list(text)
        assert read.classes.tolist() == characters(text).classes.tolist()


@pytest.mark.parametrize("text", ["e\u0301", "👍🏽", "\r\n", "\U0001f1e9\U0001f1ea", "𝒜"])
def test_text_with_longer_graphemes_or_rare_characters_is_not_plain(text: str) -> None:
    points = points_of(text).copy()
    read = Characters(points, np.empty(len(points), dtype=np.uint16))
    assert not write_plain_classes(read, plain_classes())


@examples(60)
@given(st.text(min_size=1, max_size=20))
def test_classes_are_those_of_the_expressions(text: str) -> None:
    for character, bits in zip(text, characters(text).classes, strict=True):
        assert bool(bits & WHITE) == character.isspace()
        assert bool(bits & SPACE) == bool(regex.match(r"\s", character))
        assert bool(bits & OF_WORD) == slow_boundaries.is_inside_word(2 * character, 1)
