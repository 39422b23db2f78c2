"""Impacts are BM25F by hand, and averages move in small steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.segments import impacts as module
from kb.segments.arrays import open_arrays
from kb.segments.bounds import bounds_of
from kb.segments.impacts import STEPS, Grid, grid_of, impacts, impacts_name, length_norms, saturated, write_impacts

from .articles import random_lists

TITLES, TEXTS = [2, 0, 5], [10, 40, 0]
POSTINGS = [(0, 1, 2), (1, 0, 7), (2, 3, 0), (0, 0, 1)]
"""Article, frequency in the title, frequency in the text."""

ARRAYS = {
    "bounds": bounds_of(np.add(TITLES, TEXTS)),
    "title_tokens": np.array(TITLES, dtype=np.int32),
    "posting_docids": np.array([docid for docid, _, _ in POSTINGS], dtype=np.int32),
    "posting_in_title": np.array([in_title for _, in_title, _ in POSTINGS], dtype=np.uint16),
    "posting_offsets": bounds_of([in_title + in_text for _, in_title, in_text in POSTINGS]),
}


def by_hand(posting: tuple[int, int, int], title_average: float, text_average: float) -> float:
    docid, in_title, in_text = posting
    weight = 3 * in_title / (0.25 + 0.75 * TITLES[docid] / title_average)
    weight += in_text / (0.25 + 0.75 * TEXTS[docid] / text_average)
    return weight / (1.5 + weight)


@random_lists
@given(title=st.integers(-20, 80), text=st.integers(-20, 160))
def test_impacts_are_those_of_the_formula(title: int, text: int) -> None:
    computed = impacts(ARRAYS, Grid(title, text))
    assert computed.dtype == np.float32
    expected = [by_hand(posting, 2 ** (title / STEPS), 2 ** (text / STEPS)) for posting in POSTINGS]
    assert computed.tolist() == pytest.approx(expected, rel=1e-5)


def test_blocks_of_postings_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = impacts(ARRAYS, Grid(20, 60))
    monkeypatch.setattr(module, "_BLOCK", 3)
    assert impacts(ARRAYS, Grid(20, 60)).tolist() == whole.tolist()


def test_an_article_of_average_length_is_not_normalised() -> None:
    title_norm, text_norm = length_norms(ARRAYS, Grid(round(STEPS * np.log2(2)), 0))
    assert title_norm.tolist() == [1.0, 0.25, 0.25 + 0.75 * 5 / 2]
    assert text_norm.tolist() == [0.25 + 0.75 * 10, 0.25 + 0.75 * 40, 0.25]


def test_more_of_a_term_adds_less_and_less() -> None:
    gains = np.diff(saturated(np.zeros(50), np.arange(50)))
    assert (gains > 0).all()
    assert (np.diff(gains) < 0).all()
    assert saturated(np.array([1.0]), np.array([0.0])) == saturated(np.array([0.0]), np.array([3.0]))


def test_impacts_are_a_file_of_their_own(tmp_path: Path) -> None:
    grid = Grid(20, 60)
    write_impacts(tmp_path, "one", ARRAYS, grid)
    assert [path.name for path in tmp_path.iterdir()] == [impacts_name("one", grid)] == ["one.20-60.impacts"]
    assert open_arrays(tmp_path / "one.20-60.impacts")["impacts"].tolist() == impacts(ARRAYS, grid).tolist()


@pytest.mark.parametrize(("articles", "tokens"), [(1, 1), (10, 57), (1000, 123_456), (3, 1), (16_407, 3_000_000)])
def test_the_average_of_the_grid_is_near_the_true_one(articles: int, tokens: int) -> None:
    title, text = grid_of(articles, tokens, 2 * tokens).averages
    assert title == pytest.approx(tokens / articles, rel=0.0221)
    assert text == pytest.approx(2 * tokens / articles, rel=0.0221)


def test_a_few_more_articles_seldom_move_the_grid() -> None:
    grids = {grid_of(1000 + more, 5000 + 6 * more, 200_000 + 190 * more) for more in range(50)}
    assert len(grids) <= 2
    assert grid_of(0, 0, 0) == (0, 0)
