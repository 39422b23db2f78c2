"""Scored sets: what is taken away is gone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.matches import NOTHING, Clause, Matches, difference

docids = st.sets(st.integers(0, 40)).map(sorted)


@given(docids, docids)
def test_a_difference_keeps_the_scores_of_the_rest(own: list[int], excluded: list[int]) -> None:
    matches = Matches(np.array(own, dtype=np.int32), np.array(own, dtype=np.float32) / 2)
    rest = difference(matches, np.array(excluded, dtype=np.int32))
    assert rest.docids.tolist() == [docid for docid in own if docid not in excluded]
    assert (rest.scores * 2).tolist() == rest.docids.tolist()


def test_matches_are_a_clause_from_their_first_to_their_last() -> None:
    assert Clause.of(NOTHING) == Clause(0, 0, 1.0, NOTHING)
    three = Matches(np.arange(3, dtype=np.int32), np.ones(3, dtype=np.float32))
    assert Clause.of(three, 2.5)[:3] == (0, 3, 2.5)
