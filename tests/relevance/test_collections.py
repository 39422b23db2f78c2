"""Ranking on judged collections is no worse than what `collections.txt` says, and nearness is worth its while.

`TEST_DATA=DATA pytest tests/relevance --update-golden` writes the figures anew; `python -m bench.relevance DATA` tells
them beside those of other engines.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bench.engines.ours import Engine
from bench.relevance import Collection, mean_ndcg

from .golden import updates

PINNED = Path(__file__).parent / "collections.txt"
NAMES = ("scifact", "cranfield")
TOLERANCE = 0.0005

Figures = tuple[float, float]
"""nDCG@10, with what words near each other add and without it."""


@pytest.fixture(scope="module")
def measured(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figures]:
    figures = {name: measure(test_data / "relevance" / name, tmp_path_factory.mktemp(name)) for name in NAMES}
    if updates():
        PINNED.write_text(written(figures), encoding="utf-8")
    return figures


def measure(folder: Path, index: Path) -> Figures:
    collection = Collection(folder)
    engine = Engine(index)
    engine.build(collection.articles)
    engine.open()
    having, lacking = (partial(engine.ranking, match="most", nearness=nearness) for nearness in (True, False))
    figures = mean_ndcg(collection, having), mean_ndcg(collection, lacking)
    engine.close()
    return figures


def written(figures: dict[str, Figures]) -> str:
    lines = ["nDCG@10    with nearness  without"]
    lines += [f"{name:<9}  {having:13.4f}  {lacking:7.4f}" for name, (having, lacking) in figures.items()]
    return "\n".join(lines) + "\n"


def pinned() -> dict[str, Figures]:
    _, *lines = PINNED.read_text(encoding="utf-8").splitlines()
    return {name: (float(having), float(lacking)) for name, having, lacking in map(str.split, lines)}


@pytest.mark.parametrize("name", NAMES)
def test_ranking_is_no_worse_than_it_was(measured: dict[str, Figures], name: str) -> None:
    assert measured[name][0] >= pinned()[name][0] - TOLERANCE
    assert measured[name][1] >= pinned()[name][1] - TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_words_near_each_other_make_ranking_better(measured: dict[str, Figures], name: str) -> None:
    having, lacking = measured[name]
    assert having > lacking
