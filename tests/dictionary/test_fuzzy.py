"""Wildcards and edit distances by code points, against the naive definitions."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dictionary.fuzzy import _decode, _edit_distance, edit_distances, matching
from tests.engine.brute_force import edit_distance

from .test_word_ranges import LETTERS, many, word_list, word_lists, words


@many
@given(strings=word_lists, pattern=st.text(LETTERS + "**??", max_size=7))
def test_a_pattern_matches_code_points_and_not_bytes(strings: list[str], pattern: str) -> None:
    assert matching(word_list(strings), pattern).tolist() == [fnmatchcase(string, pattern) for string in strings]


@pytest.mark.parametrize(
    ("pattern", "word", "matches"),
    [("*", "", True), ("?", "", False), ("a*b*c", "abcbbc", True), ("a*b?c", "abbbc", True), ("*ab", "aaba", False)],
)
def test_a_star_is_tried_again_wherever_the_rest_does_not_match(pattern: str, word: str, matches: bool) -> None:
    assert matching(word_list([word]), pattern).tolist() == [matches]


@many
@given(strings=word_lists, word=words, most=st.integers(0, 3))
def test_edits_are_counted_in_code_points(strings: list[str], word: str, most: int) -> None:
    expected = [min(most + 1, edit_distance(word, string)) for string in strings]
    assert edit_distances(word_list(strings), word, most).tolist() == expected


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("sleep", "sleep", 0), ("slepe", "sleep", 1), ("ca", "abc", 3), ("insomnai", "insomnia", 1), ("a", "xyz", 3)],
)
def test_neighbours_that_are_swapped_are_not_edited_again(one: str, other: str, edits: int) -> None:
    # From "ca" to "abc" it would be two edits if b could go between the swapped letters.
    rows = np.empty((3, len(one) + 1), np.int64)
    code_points = [np.array([ord(letter) for letter in word], np.int64) for word in (other, one)]
    assert _edit_distance(*code_points, 5, rows) == edits
    assert _edit_distance(*code_points, 1, rows) == min(edits, 2)


@many
@given(text=st.text(max_size=8), room=st.integers(0, 8))
def test_bytes_are_decoded_as_far_as_there_is_room(text: str, room: int) -> None:
    letters = np.frombuffer(text.encode(), dtype=np.uint8)
    code_points = np.zeros(room, np.int64)
    length = _decode(letters, 0, len(letters), code_points)
    assert code_points[:length].tolist() == [ord(letter) for letter in text[:room]]
