"""A term is looked up on every segment; its frequency and idf are those of all of them together."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.engine.terms import Terms
from kb.ranking import clause_weight, idf
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    """Two segments; of the four articles one was removed."""
    first = [article("a", "Tea", "Cups of tea."), article("b", "Milk", "A cup."), article("gone", "Tea", "Tea.")]
    changes = [Change(first), Change([article("c", "Teas", "No cup.", tags=("tea",))], ["gone"])]
    folder: Path = index_of(tmp_path_factory.mktemp("terms"), *changes)
    return Terms([TermReader(s.open(folder), Grid(*s.grid), ANALYZER) for s in read_segments(folder)], 3)


@pytest.mark.parametrize(
    ("field", "term", "frequency"),
    [
        ("text", "tea", 2),
        ("text", "cup", 3),
        ("text", "coffe", 0),
        ("word", "cup", 2),
        ("word", "cups", 1),
        ("title", "tea", 2),
        ("body_word", "tea", 1),
    ],
)
def test_the_frequency_counts_the_articles_that_are_left(terms: Terms, field: str, term: str, frequency: int) -> None:
    found = terms.find(field, term)
    assert found.frequency == frequency
    assert len(found.clauses) == 2
    if frequency:
        assert found.idf == idf(3, frequency)
        assert found.weight == clause_weight(found.idf)
    else:
        assert found.weight == 0


def test_names_and_whole_titles_have_no_idf(terms: Terms) -> None:
    assert [terms.find(field, "tea").idf for field in ("tag", "title_key")] == [1.0, 1.0]
    assert terms.find("tag", "tea").frequency == 1
    assert terms.find("title_key", "tea").frequency == 2


def test_the_postings_of_a_word_are_those_of_its_stem(terms: Terms) -> None:
    for segment in range(2):
        assert terms.postings("word", "cup", segment) == terms.postings("text", "cup", segment)
        assert terms.postings("word", "coffee", segment) == slice(0, 0)
