"""How rare a word is, and what it counts: never nothing, where some article has it."""

from __future__ import annotations

import pytest

from kb.ranking import clause_weight, idf
from kb.search.searcher import Searcher


@pytest.mark.parametrize("articles", [1, 100, 70_000, 10_000_000])
def test_a_word_in_every_article_still_counts(articles: int) -> None:
    assert clause_weight(idf(articles, articles)) >= 1


def test_a_rarer_word_counts_more() -> None:
    weights = [clause_weight(idf(1000, frequency)) for frequency in (1, 10, 100, 1000)]
    assert weights == sorted(set(weights), reverse=True)


@pytest.mark.parametrize("match", ["most", "any", "all"])
def test_no_best_articles_are_wanted_only_how_many_there_are(five: Searcher, match: str) -> None:
    ranking = five.top("sleep", limit=0, match=match)
    assert (ranking.best, ranking.total) == ((), 3)
