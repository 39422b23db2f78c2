"""The query terms as tables: a row for each alternative, and one cursor for all rows with the same postings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.engine.interface import QueryTerm
from kb.engine.term_tables import (
    CHAIN,
    HAS_TYPED,
    IS_HEAD,
    NEXT,
    OF_QUERY_TERM,
    READ_TEXT,
    READ_TITLE,
    SLOP,
    SLOT,
    SLOTS,
    TYPED,
    WORD,
    TermTables,
    term_tables,
)
from kb.segments.postings import MOST_SLOP

from .long_article import open_terms, word

QUERY_TERMS = (
    word("tea"),
    word("zebra", "tea"),
    word("unheard"),
    QueryTerm("te*", "prefix", "title_word", (("tea", "teas"),), 10**6),
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> TermTables:
    folder: Path = tmp_path_factory.mktemp("tables")
    return term_tables(open_terms(folder), 0, QUERY_TERMS)


def test_a_row_is_an_alternative_that_the_segment_has(tables: TermTables) -> None:
    rows = tables.index_terms
    assert rows[:, [OF_QUERY_TERM, SLOT, CHAIN]].tolist() == [[0, 0, 0], [1, 0, 1], [1, 1, 2], [3, 0, 4], [3, 0, 4]]
    assert (rows[:, WORD] >= 0).tolist() == [False, False, False, True, True]
    assert (rows[:, TYPED] >= 0).tolist() == [True, True, True, False, False]


def test_rows_with_the_same_postings_share_the_cursor_of_the_last(tables: TermTables) -> None:
    assert tables.index_terms[:, IS_HEAD].tolist() == [0, 1, 0, 0, 1]
    assert tables.index_terms[:, NEXT].tolist() == [-1, -1, 0, 2, 3]


def test_a_query_term_says_where_and_how_to_look(tables: TermTables) -> None:
    rows = tables.query_terms
    assert rows[:, [READ_TITLE, READ_TEXT]].tolist() == [[1, 1], [1, 1], [1, 1], [1, 0]]
    assert rows[:, SLOTS].tolist() == [1, 2, 1, 1]
    assert rows[:, SLOP].tolist() == [1, 1, 1, MOST_SLOP]
    assert rows[:, HAS_TYPED].tolist() == [1, 1, 1, 0]
