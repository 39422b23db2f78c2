"""What each formula of ranking is held to: how rare a word is, how often and how near it stands; never nothing, where
some article has it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ranking import (
    K1,
    PROXIMITY_WEIGHT,
    TITLE_WEIGHT,
    WHOLE_TITLE,
    clause_weight,
    idf,
    length_norm,
    proximity,
    saturation,
)
from kb.search.searcher import Searcher
from kb.segments.impacts import Grid, length_norms, saturated

frequencies = st.floats(0, 1e6)
positive = st.floats(1e-3, 1e3)


@pytest.mark.parametrize("articles", [1, 100, 70_000, 10_000_000])
def test_a_word_in_every_article_still_counts(articles: int) -> None:
    assert idf(articles, articles) > 0
    assert clause_weight(idf(articles, articles)) >= 1


def test_a_rarer_word_counts_more() -> None:
    weights = [clause_weight(idf(1000, frequency)) for frequency in (1, 10, 100, 1000)]
    assert weights == sorted(set(weights), reverse=True)


def test_a_field_of_average_length_leaves_frequencies_as_they_are() -> None:
    assert length_norm(12, 12.0) == 1
    assert length_norm(0, 12.0) == 0.25
    assert length_norm(24, 12.0) == 1.75


@given(frequencies, frequencies)
def test_more_occurrences_add_less_and_less_up_to_one(one: float, other: float) -> None:
    assert 0 <= saturation(min(one, other)) <= saturation(max(one, other)) < 1
    assert saturation(one) - saturation(one / 2) <= saturation(one / 2) + 1e-12
    assert saturation(K1) == 0.5


def test_impacts_of_the_index_are_made_by_the_same_formulas() -> None:
    arrays = {"title_tokens": np.array([2, 0, 5]), "bounds": np.array([0, 10, 10, 45])}
    grid = Grid(16, 64)
    title, text = length_norms(arrays, grid)
    assert (title == length_norm(np.array([2, 0, 5]), grid.averages[0])).all()
    assert (text == length_norm(np.array([8, 0, 30]), grid.averages[1])).all()
    in_title, in_text = np.array([0.0, 1.5]), np.array([2.5, 7.0])
    assert (saturated(in_title, in_text) == saturation(TITLE_WEIGHT * in_title + in_text).astype(np.float32)).all()


@given(weight=positive, near=positive, norm=positive)
def test_neighbours_add_at_most_a_share_of_the_idf_of_a_word_up_to_one(weight: float, near: float, norm: float) -> None:
    score = proximity(weight, near, norm)
    assert 0 < score < PROXIMITY_WEIGHT * min(1, weight)
    assert score <= proximity(weight, 2 * near, norm)
    assert score >= proximity(weight, near, 2 * norm)


def test_a_title_that_is_the_query_counts_more_than_five_words_of_the_rarest() -> None:
    assert 5 * (idf(10_000_000, 1) + PROXIMITY_WEIGHT) < WHOLE_TITLE


@pytest.mark.parametrize("match", ["most", "any", "all"])
def test_no_best_articles_are_wanted_only_how_many_there_are(five: Searcher, match: str) -> None:
    ranking = five.top("sleep", limit=0, match=match)
    assert (ranking.best, ranking.total) == ((), 3)
