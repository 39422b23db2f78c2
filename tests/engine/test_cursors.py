"""Cursors over several terms merge their positions in reading order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.cursors import new_cursors, next_term, seek

positions_of_terms = st.lists(st.sets(st.integers(0, 30), max_size=8).map(sorted), max_size=5)


@given(positions_of_terms)
def test_positions_come_in_order_and_of_equal_ones_the_last_term_first(terms: list[list[int]]) -> None:
    present = [own for own in terms if own]
    numbers = iter(range(len(present)))
    postings = np.array([[next(numbers) if own else -1 for own in terms]], dtype=np.int64)
    offsets = np.cumsum([0, *map(len, present)])
    positions = np.array([position for own in present for position in own], dtype=np.int32)
    cursors = new_cursors(len(terms))
    assert seek(cursors, postings, 0, offsets) == len(present)
    merged = []
    while (found := next_term(cursors, positions))[0] >= 0:
        merged.append(found)
        cursors.next[found[0]] += 1
    expected = [(term, position) for term, own in enumerate(terms) for position in own]
    assert merged == sorted(expected, key=lambda each: (each[1], -each[0]))


def test_cursors_without_a_term_are_at_the_end() -> None:
    assert next_term(new_cursors(0), np.empty(0, dtype=np.int32))[0] == -1
