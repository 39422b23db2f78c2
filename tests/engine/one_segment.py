"""A segment of 300 articles of few words, and the terms of a query in it."""

from __future__ import annotations

import random
from pathlib import Path

from kb.engine.matches import Clause
from kb.engine.proximity import Proximity
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of

WORDS = ["tea", "cup", "night", "milk", "sugar", "lemon", "spoon", "pot", "leaf"]


def open_reader(folder: Path) -> TermReader:
    """Some of the articles have one of the words alone."""
    chance = random.Random(3)
    texts = [" ".join(chance.choices([*WORDS, *(["filler"] * chance.choice([1, 100]))], k=40)) for _ in range(300)]
    articles = [article(f"{n:03}", " ".join(chance.choices(WORDS, k=2)), text) for n, text in enumerate(texts)]
    generation = index_of(folder, Change(articles))
    (state,) = read_segments(generation)
    return TermReader(state.open(generation), Grid(*state.grid), ANALYZER)


def clauses(reader: TermReader, count: int) -> list[Clause]:
    """The first `count` words, each with some idf."""
    chance = random.Random(count)
    postings = [reader.segment.postings(ANALYZER.stem(word)) for word in WORDS[:count]]
    return [Clause(own.start, own.stop, chance.uniform(0.1, 9)) for own in postings]


def proximity(reader: TermReader, count: int) -> Proximity:
    return Proximity(reader, clauses(reader, count))
