"""The proximity bonus of an article is the same to the bit, alone or among others, and is what the formula says."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from kb.engine.matches import Clause
from kb.engine.proximity import Proximity
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of

WORDS = ["tea", "cup", "night", "milk", "sugar", "lemon", "spoon", "pot", "leaf"]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TermReader:
    """One segment of 300 articles, of which some have one of the words alone."""
    chance = random.Random(3)
    texts = [" ".join(chance.choices([*WORDS, *(["filler"] * chance.choice([1, 100]))], k=40)) for _ in range(300)]
    folder: Path = index_of(
        tmp_path_factory.mktemp("near"),
        Change([article(f"{n:03}", " ".join(chance.choices(WORDS, k=2)), text) for n, text in enumerate(texts)]),
    )
    (state,) = read_segments(folder)
    return TermReader(state.open(folder), Grid(*state.grid), ANALYZER)


def proximity(reader: TermReader, count: int) -> Proximity:
    chance = random.Random(count)
    postings = [reader.segment.postings(ANALYZER.stem(word)) for word in WORDS[:count]]
    return Proximity(reader, [Clause(found.start, found.stop, chance.uniform(0.1, 9)) for found in postings])


@pytest.mark.parametrize("count", [2, 3, len(WORDS)])
def test_one_article_gains_the_same_as_among_many(reader: TermReader, count: int) -> None:
    near = proximity(reader, count)
    articles = np.arange(reader.segment.count, dtype=np.int32)
    alone = np.concatenate([near.bonuses(articles[n : n + 1]) for n in range(len(articles))])
    every = near.bonuses(articles)
    assert np.count_nonzero(every) > 100
    assert alone.tobytes() == every.tobytes()
