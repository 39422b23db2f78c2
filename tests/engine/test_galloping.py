"""Galloping search finds what a plain search does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.galloping import gallop, indexes_of, postings_of

ascending = st.sets(st.integers(0, 199), max_size=200).map(sorted).map(lambda ids: np.array(ids, dtype=np.int32))


@given(ascending, st.integers(-1, 201), st.integers(0, 200))
def test_the_first_value_that_is_high_enough_is_found_from_anywhere_before_it(
    values: np.ndarray, value: int, begin: int
) -> None:
    expected = int(np.searchsorted(values, value))
    assert gallop(values, value, min(begin, expected)) == expected


@given(ascending, ascending)
def test_each_wanted_article_is_found_in_a_table_or_by_steps(wanted: np.ndarray, docids: np.ndarray) -> None:
    listed = docids.tolist()
    expected = [listed.index(docid) if docid in listed else -1 for docid in wanted.tolist()]
    assert indexes_of(wanted, docids, 200).tolist() == expected
    assert indexes_of(wanted, docids, 1_000_000).tolist() == expected


@given(ascending, st.lists(ascending, max_size=4))
def test_each_term_has_its_posting_in_a_wanted_article(wanted: np.ndarray, terms: list[np.ndarray]) -> None:
    docids = np.concatenate([np.empty(0, np.int32), *terms])
    ends = np.cumsum([0, *map(len, terms)])
    ranges = np.array([ends[:-1], ends[1:]]).T
    found = postings_of(wanted, ranges, docids, 200)
    assert found.shape == (len(wanted), len(terms))
    for docid, row in zip(wanted.tolist(), found.tolist(), strict=True):
        for posting, (begin, end) in zip(row, ranges.tolist(), strict=True):
            assert (posting >= 0) == (docid in docids[begin:end])
            assert posting < 0 or (begin <= posting < end and docids[posting] == docid)
