"""The inversion of tokens, against postings collected one by one."""

from __future__ import annotations

from itertools import pairwise
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.segments import inversion
from kb.segments.bounds import bounds_of
from kb.segments.inversion import counted, inverted

from .articles import random_lists

TERMS = 6

archives = st.lists(st.tuples(*[st.lists(st.integers(0, TERMS - 1), max_size=6)] * 2), max_size=5)
"""Term ids of the title and of the text of each article."""


def arrays_of(archive: list[tuple[list[int], list[int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tokens, bounds and tokens of titles."""
    tokens = np.array([term for title, text in archive for term in title + text], dtype=np.int32)
    bounds = bounds_of([len(title) + len(text) for title, text in archive])
    return tokens, bounds, np.array([len(title) for title, _ in archive], dtype=np.int32)


@random_lists
@given(archive=archives)
def test_terms_are_counted_in_all_and_once_an_article(archive: list[tuple[list[int], list[int]]]) -> None:
    tokens, bounds, _ = arrays_of(archive)
    in_all, articles = counted(tokens, bounds, TERMS)
    assert in_all.tolist() == [tokens.tolist().count(term) for term in range(TERMS)]
    assert articles.tolist() == [sum(term in title + text for title, text in archive) for term in range(TERMS)]


@random_lists
@given(archive=archives)
def test_every_posting_has_the_positions_of_its_term_in_its_article(archive: list[tuple[list[int], list[int]]]) -> None:
    tokens, bounds, title_tokens = arrays_of(archive)
    arrays = inverted(tokens, bounds, title_tokens, TERMS)
    expected = [
        (term, docid, [int(token) for token in range(*bounds[docid : docid + 2]) if tokens[token] == term])
        for term in range(TERMS)
        for docid, (title, text) in enumerate(archive)
        if term in title + text
    ]
    owners = np.repeat(np.arange(TERMS), np.diff(arrays["posting_bounds"]))
    assert owners.tolist() == [term for term, _, _ in expected]
    assert arrays["posting_docids"].tolist() == [docid for _, docid, _ in expected]
    offsets = arrays["posting_offsets"].tolist()
    positions = arrays["positions"].tolist()
    split = [positions[begin:end] for begin, end in pairwise(offsets)]
    assert split == [own for _, _, own in expected]
    assert arrays["posting_in_title"].tolist() == [archive[docid][0].count(term) for term, docid, _ in expected]


def test_a_frequency_in_a_title_stays_within_two_bytes() -> None:
    with (
        patch.object(inversion, "MOST_IN_TITLE", 3),
        patch.object(inversion, "_postings", inversion._postings.definition),
    ):
        arrays = inverted(*arrays_of([([0] * 5, [0]), ([0] * 2, [])]), 1)
    assert arrays["posting_in_title"].dtype == np.uint16
    assert arrays["posting_in_title"].tolist() == [3, 2]
    assert arrays["posting_offsets"].tolist() == [0, 6, 8]
