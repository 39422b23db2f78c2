"""A union with a weighted minimum finds what dictionaries of sums do."""

from __future__ import annotations

from collections import Counter, defaultdict
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.matches import Clause, Matches
from kb.engine.union import at_least, clauses_of, union

ARTICLES = 60
eighths = st.integers(0, 80).map(lambda n: n / 8)
"""Scores that add up exactly."""
scored = st.dictionaries(st.integers(0, ARTICLES - 1), eighths, max_size=ARTICLES)
clauses = st.lists(st.tuples(scored, st.sampled_from([0.5, 1.0, 3.0]), st.integers(0, 4), st.booleans()), max_size=7)


def segment_of(asked: list[Any], deleted: set[int]) -> tuple[Any, list[Clause]]:
    """A segment with the postings of the clauses that are to be such, and all clauses."""
    docids: list[int] = []
    impacts: list[float] = []
    made = []
    for scores, boost, _, listed in asked:
        own = sorted(scores)
        values = [scores[docid] for docid in own]
        if listed:
            made.append(Clause.of(Matches(np.array(own, dtype=np.int32), np.array(values, dtype=np.float32)), boost))
        else:
            made.append(Clause(len(docids), len(docids) + len(own), boost))
            docids, impacts = docids + own, impacts + values
    live = np.array([docid not in deleted for docid in range(ARTICLES)]) if deleted else None
    inversion = SimpleNamespace(docids=np.array(docids, dtype=np.int32))
    impacts_array = np.array(impacts, dtype=np.float32)
    return SimpleNamespace(count=ARTICLES, live=live, inversion=inversion, impacts=impacts_array), made


@given(clauses, st.integers(1, 9), st.sets(st.integers(0, ARTICLES - 1), max_size=5))
def test_articles_with_enough_weight_have_the_sums_of_their_clauses(
    asked: list[Any], min_weight: int, deleted: set[int]
) -> None:
    segment, made = segment_of(asked, deleted)
    sums: defaultdict[int, float] = defaultdict(float)
    weights: Counter[int] = Counter()
    for scores, boost, weight, _ in asked:
        for docid, score in scores.items():
            sums[docid] += boost * score
            weights[docid] += weight
    expected = {
        docid: sums[docid] for docid in sorted(weights) if weights[docid] >= min_weight and docid not in deleted
    }
    given_weights = [weight for _, _, weight, _ in asked]
    as_arrays = clauses_of(min_weight, made, given_weights, segment)
    docids, scores = union(as_arrays) if as_arrays else ([], [])
    assert dict(zip(map(int, docids), map(float, scores), strict=True)) == expected
    found = at_least(min_weight, made, given_weights, segment)
    assert found.docids.tolist() == list(expected)
    assert found.scores.tolist() == list(expected.values())


def test_clauses_that_weigh_too_little_together_are_not_looked_at() -> None:
    segment, made = segment_of([({1: 1.0}, 1.0, 1, False), ({}, 1.0, 5, False)], set())
    assert clauses_of(2, made, [1, 5], segment) is None
    assert len(at_least(2, made, [1, 5], segment).docids) == 0
