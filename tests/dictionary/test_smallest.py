"""The k smallest keys, against sorting all of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.dictionary.smallest import k_smallest, k_smallest_and_ties

many_keys = st.lists(st.integers(-3, 3), max_size=30)


@given(many_keys, st.integers(0, 40))
def test_the_smallest_of_equals_are_the_first(keys: list[int], k: int) -> None:
    expected = sorted(range(len(keys)), key=lambda index: keys[index])[:k]
    assert k_smallest(np.array(keys, dtype=np.int64), k) == expected


@given(many_keys, st.integers(1, 35))
def test_the_smallest_keys_come_with_all_that_equal_the_last(keys: list[int], k: int) -> None:
    last = sorted(keys)[:k][-1:]
    assert k_smallest_and_ties(np.array(keys), k).tolist() == [n for n, key in enumerate(keys) if [key] <= last]
