"""Groups laid end to end, and the elements of selected groups."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.segments.bounds import bounds_of, joined_ranges

from .articles import random_lists

counts = st.lists(st.integers(0, 5), max_size=8)


@random_lists
@given(counts=counts)
def test_each_group_lies_between_its_bounds(counts: list[int]) -> None:
    bounds = bounds_of(counts)
    assert bounds.dtype == np.int64
    assert bounds.tolist() == [sum(counts[:i]) for i in range(len(counts) + 1)]
    assert bounds_of(np.array(counts, dtype=np.uint16)).tolist() == bounds.tolist()


@random_lists
@given(ranges=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_ranges_are_joined_in_their_order(ranges: list[tuple[int, int]]) -> None:
    begins, counts = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    joined = joined_ranges(begins, counts)
    assert joined.dtype == np.int64
    assert joined.tolist() == [index for begin, count in ranges for index in range(begin, begin + count)]
