"""The first matches of each query term in a long article, however often the loop stops on the way."""

from __future__ import annotations

import pytest

from kb.deadline import NEVER, Deadline
from kb.engine.first_matches import Limits, first_matches
from kb.engine.interface import QueryTerm
from kb.engine.term_tables import term_tables
from kb.engine.terms import Terms

from .long_article import COMMON, open_terms, word

ALL = 10**9
TITLE_TOKENS = 4
RARE = TITLE_TOKENS + COMMON


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    return open_terms(tmp_path_factory.mktemp("first"))


def found(
    terms: Terms, *query_terms: QueryTerm, limits: Limits, steps: int = 10**6, deadline: Deadline = NEVER
) -> tuple[list[list[int]], bool]:
    """First and last tokens in the text of the long article, counted from the begin of its title."""
    columns = terms.segments[0].segment.token_columns
    begin, end = columns.bounds[:2].tolist()
    tables = term_tables(terms, 0, query_terms)
    matches, in_time = first_matches(0, (begin + TITLE_TOKENS, end), tables, columns, limits, deadline, steps)
    return (matches - begin).tolist(), in_time


@pytest.mark.parametrize("steps", [1, 1000, 10**6])
def test_the_first_of_each_are_found_and_the_first_as_typed(terms: Terms, steps: int) -> None:
    matches, in_time = found(terms, word("tea"), word("zebra"), limits=Limits(3, ALL), steps=steps)
    first = [[TITLE_TOKENS + n, TITLE_TOKENS + n] for n in range(3)]
    assert matches == [*first, [RARE, RARE], [RARE + 1, RARE + 1]]
    assert in_time


@pytest.mark.parametrize("steps", [1, 7, 10**6])
def test_a_phrase_is_found_with_both_its_ends(terms: Terms, steps: int) -> None:
    matches, _ = found(terms, word("zebra", "tea"), limits=Limits(3, ALL), steps=steps)
    assert matches == [[RARE, RARE + 1]]


def test_a_phrase_with_a_word_that_the_article_lacks_is_not_looked_for(terms: Terms) -> None:
    assert found(terms, word("tea", "unheard"), limits=Limits(3, ALL), steps=1, deadline=Deadline(-1)) == ([], True)


def test_no_more_are_found_than_wanted_together(terms: Terms) -> None:
    matches, _ = found(terms, word("tea"), word("zebra"), limits=Limits(5, 4))
    assert len(matches) == 4


def test_what_is_found_until_the_deadline_is_given(terms: Terms) -> None:
    matches, in_time = found(terms, word("zebra"), word("tea"), limits=Limits(3, ALL), steps=10, deadline=Deadline(-1))
    assert matches == [[TITLE_TOKENS + n, TITLE_TOKENS + n] for n in range(3)]
    assert not in_time
