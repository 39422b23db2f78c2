"""A query term with several slots matches where tokens for its slots follow each other, near enough."""

from __future__ import annotations

import numpy as np
import pytest

from kb.engine.chains import is_as_typed, match_at
from kb.engine.term_tables import (
    CHAIN,
    OF_QUERY_TERM,
    READ_TEXT,
    READ_TITLE,
    SLOP,
    SLOT,
    SLOTS,
    TYPED,
    WORD,
)

FIRST, SECOND = 0, 1


def index_term(slot: int, word: int = -1, typed: int = -1) -> np.ndarray:
    row = np.zeros(9, dtype=np.int64)
    row[OF_QUERY_TERM], row[SLOT], row[CHAIN], row[WORD], row[TYPED] = 0, slot, slot, word, typed
    return row


def query_term(slop: int = 1, *, in_title: bool = True, in_text: bool = True) -> np.ndarray:
    row = np.zeros(5, dtype=np.int64)
    row[READ_TITLE], row[READ_TEXT], row[SLOTS], row[SLOP] = in_title, in_text, 2, slop
    return row


def matches(read: list[tuple[int, int]], term: np.ndarray, title_end: int = 0) -> list[tuple[int, int]]:
    """First and last position of the matches, given (slot, position) in the order of positions."""
    chains, words = np.full((2, 2), -1, dtype=np.int64), np.zeros(100, dtype=np.int32)
    found = [(match_at(chains, index_term(slot), term, at, title_end, words), at) for slot, at in read]
    return [(first, last) for first, last in found if first >= 0]


@pytest.mark.parametrize(
    ("read", "slop", "found"),
    [
        ([(FIRST, 3), (SECOND, 4)], 1, [(3, 4)]),
        ([(FIRST, 3), (SECOND, 5)], 1, []),
        ([(FIRST, 3), (SECOND, 5)], 2, [(3, 5)]),
        ([(SECOND, 3), (FIRST, 4)], 3, []),
        ([(FIRST, 1), (FIRST, 3), (SECOND, 4), (SECOND, 5)], 2, [(3, 4), (3, 5)]),
    ],
)
def test_slots_are_filled_in_order_by_near_tokens(
    read: list[tuple[int, int]], slop: int, found: list[tuple[int, int]]
) -> None:
    assert matches(read, query_term(slop)) == found


def test_a_match_is_in_the_title_or_in_the_text() -> None:
    across = [(FIRST, 3), (SECOND, 4)]
    assert matches(across, query_term(), title_end=4) == []
    assert matches(across, query_term(), title_end=5) == [(3, 4)]
    assert matches(across, query_term(in_title=False), title_end=5) == []
    assert matches(across, query_term(in_text=False)) == []


def test_words_as_typed_stand_side_by_side() -> None:
    terms = np.array([index_term(FIRST, typed=7), index_term(SECOND, typed=8)])
    words = np.array([7, 8, 7, 9], dtype=np.int32)
    assert is_as_typed(terms, 0, 0, words)
    assert not is_as_typed(terms, 0, 2, words)
