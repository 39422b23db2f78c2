"""Binary search, against `searchsorted`."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.snippets.lower_bound import lower_bound

from .profiles import examples


@examples(60)
@given(st.lists(st.integers(0, 20)), st.integers(0, 21))
def test_it_is_the_left_side_of_searchsorted(values: list[int], value: int) -> None:
    ascending = np.array(sorted(values), dtype=np.uint32)
    assert lower_bound(ascending, value) == np.searchsorted(ascending, value)
