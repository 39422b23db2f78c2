"""Nearness is the same to the bit whether articles are looked at one by one or all at once, alone or among others."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kb.indexing.columnar.impacts import Grid
from kb.indexing.columnar.leaves import SegmentLeaves
from kb.indexing.columnar.whoosh_segment import read_segments
from kb.search.evaluation.nearness import FEW, MANY, nearness

from .corpora import ANALYZER, Change, article, index_of

WORDS = ["tea", "cup", "night", "milk", "sugar", "lemon", "spoon", "pot", "leaf"]


@pytest.fixture(scope="module")
def leaves(tmp_path_factory: pytest.TempPathFactory) -> SegmentLeaves:
    """One segment of 300 articles, of which some have one of the words alone."""
    chance = random.Random(3)
    texts = [" ".join(chance.choices([*WORDS, *(["filler"] * chance.choice([1, 100]))], k=40)) for _ in range(300)]
    folder: Path = index_of(
        tmp_path_factory.mktemp("near"),
        Change([article(f"{n:03}", " ".join(chance.choices(WORDS, k=2)), text) for n, text in enumerate(texts)]),
    )
    (state,) = read_segments(folder)
    return SegmentLeaves(state.open(folder), Grid(*state.grid), ANALYZER)


@pytest.mark.parametrize("count", [2, 3, len(WORDS)])
def test_one_article_gains_the_same_as_among_many(leaves: SegmentLeaves, count: int) -> None:
    chance = random.Random(count)
    words = [(leaves.segment.postings(ANALYZER.stem(word)), chance.uniform(0.1, 9)) for word in WORDS[:count]]
    articles = np.arange(leaves.segment.count, dtype=np.int32)
    bounds = [0, 1, 2, FEW // count, 2 * MANY, 3 * MANY, len(articles)]
    alone = np.concatenate([nearness(leaves, words, articles[n : n + 1]) for n in range(len(articles))])
    some = np.concatenate([nearness(leaves, words, articles[a:b]) for a, b in pairwise(bounds)])
    every = nearness(leaves, words, articles)
    assert np.count_nonzero(every) > MANY
    assert alone.tobytes() == some.tobytes() == every.tobytes()
