"""Zones are read from their first to their last token, and no match reaches out of one."""

from __future__ import annotations

import numpy as np
import pytest

from kb.engine.interface import BEGIN, END, IN_TITLE, QUERY_TERM
from kb.engine.term_tables import term_tables
from kb.engine.terms import Terms
from kb.engine.zones import COMPARISONS, ROWS, Room, ZoneMatches, read_zones, whole_zones

from .long_article import COMMON, ZEBRA, open_terms, word

LARGE = Room(10**9, 10**9)
TITLE_TOKENS = 4


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    return open_terms(tmp_path_factory.mktemp("zones"))


def read(terms: Terms, *zones: tuple[int, int], room: Room = LARGE, most: int = 10**9) -> ZoneMatches:
    """The matches of a word and of a phrase in ranges of the tokens of the long article."""
    columns = terms.segments[0].segment.token_columns
    tables = term_tables(terms, 0, [word("tea"), word("zebra", "tea")])
    begin = int(columns.bounds[0])
    rows = [(0, 0, begin + low, begin + high) for low, high in zones]
    return read_zones(np.array(rows, dtype=np.int64), tables, columns, room, most)


def test_an_article_of_a_page_is_a_zone_from_title_to_end() -> None:
    page, bounds = np.array([(0, 1), (1, 0), (0, 0)], dtype=np.int64), np.array([0, 7, 9], dtype=np.int64)
    assert whole_zones(page, 0, bounds).tolist() == [[0, 1, 7, 9], [2, 0, 0, 7]]
    assert whole_zones(page, 1, bounds).tolist() == [[1, 0, 0, 7]]
    assert whole_zones(page, 2, bounds).shape == (0, 4)


def test_the_matches_in_a_zone_are_all_there(terms: Terms) -> None:
    rare = TITLE_TOKENS + COMMON
    table = read(terms, (0, TITLE_TOKENS), (rare - 1, rare + 3)).table
    assert table[:, QUERY_TERM].tolist() == [0, 0, 1, 0, 0]
    assert table[:, IN_TITLE].tolist() == [1, 0, 0, 0, 0]
    assert table[:, [BEGIN, END]].tolist() == [
        [0, 4],
        [ZEBRA - 5, ZEBRA - 1],
        [ZEBRA, ZEBRA + 9],
        [ZEBRA + 6, ZEBRA + 9],
        [ZEBRA + 10, ZEBRA + 14],
    ]


def test_a_phrase_that_reaches_out_of_a_zone_is_not_in_it(terms: Terms) -> None:
    rare = TITLE_TOKENS + COMMON
    table = read(terms, (rare, rare + 1), (rare + 1, rare + 2)).table
    assert table[:, QUERY_TERM].tolist() == [0]


def test_nothing_is_read_without_room_but_what_it_would_take_is_known(terms: Terms) -> None:
    zones = (TITLE_TOKENS, TITLE_TOKENS + 10), (TITLE_TOKENS + 20, TITLE_TOKENS + 25)
    for room in (Room(10, 10**9), Room(10**9, 10)):
        found = read(terms, *zones, room=room)
        assert not found.is_read
        assert len(found.table) == 0
        # The stem of the word is in two index terms: a word, and the end of a phrase.
        assert found.needed[:, ROWS].tolist() == [20, 10]
        assert found.needed[:, COMPARISONS].tolist() == [30, 15]
    assert read(terms, *zones).table[:, BEGIN].tolist() == [5 * n for n in (*range(10), *range(20, 25))]


def test_the_first_matches_come_where_only_some_are_wanted(terms: Terms) -> None:
    found = read(terms, (0, TITLE_TOKENS + COMMON), most=3)
    assert found.is_read
    assert found.table[:, [IN_TITLE, BEGIN]].tolist() == [[1, 0], [0, 0], [0, 5]]
