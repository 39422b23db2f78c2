"""Positions of query terms are those of a plain search through the tokens of each article."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kb.article import Article
from kb.deadline import NEVER, Deadline
from kb.engine.interface import BEGIN, IN_HEADING, IN_TITLE, QUERY_TERM, REACH, ROW, QueryTerm, most_matches
from kb.engine.positions import next_match, positions_of, positions_within
from kb.engine.terms import Terms
from kb.engine.zones import Room
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.schema import FIELDS, WORD_FIELDS
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of

from .long_article import ZEBRA, open_terms, word

FORMS = ["Tea", "teas", "cup", "CUPS", "night", "of"]
STEM = {form: ANALYZER.stem(form.lower()) for form in FORMS}
PAGE = [(0, 3), (1, 2), (0, 29), (1, 0), (0, 0), (1, 19), (1, 7)]


def stems(text: str, field: str = "text", slop: int = 1) -> QueryTerm:
    typed = tuple(text.lower().split())
    return QueryTerm(text, "stem", field, tuple((ANALYZER.stem(word),) for word in typed), slop, typed)


QUERY_TERMS = (
    stems("tea"),
    stems("cups of", slop=3),
    stems("tea tea"),
    stems("cup", "title"),
    stems("night cup", "body", slop=2),
    QueryTerm("cups", "exact", "word", (("cups",),)),
    QueryTerm("te*", "prefix", "title_word", (("tea", "teas"),)),
    QueryTerm("of teas", "exact", "body_word", (("of",), ("teas",))),
    stems("unheard tea"),
)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> list[TermReader]:
    """Two segments of 30 and 20 articles."""
    chance = random.Random(4)
    made = [
        article(
            f"{n:02}", " ".join(chance.choices(FORMS, k=3)), " ".join(chance.choices(FORMS, k=chance.choice([1, 40])))
        )
        for n in range(50)
    ]
    folder: Path = index_of(tmp_path_factory.mktemp("positions"), Change(made[:30]), Change(made[30:]))
    return [TermReader(state.open(folder), Grid(*state.grid), ANALYZER) for state in read_segments(folder)]


def matches(found: Article, query_term: QueryTerm, n: int) -> Iterator[tuple[int, ...]]:
    """In the order of the columns but for the row, behind whether in the text and the first token."""
    exact = query_term.field in WORD_FIELDS
    for in_text, part in enumerate(("title", "body")):
        if part not in FIELDS[query_term.field].parts:
            continue
        tokens = ANALYZER.tokens(found.text if in_text else found.title)
        forms = tokens.words if exact else [ANALYZER.stem(word) for word in tokens.words]
        for first, last in chains(forms, query_term):
            as_typed = tuple(tokens.words[first : first + len(query_term.typed)]) == query_term.typed
            ends = int(tokens.ends[last]), int(tokens.ends[first])
            yield (
                in_text,
                first,
                n,
                n,
                1 - in_text,
                int(tokens.starts[first]),
                *ends,
                int(bool(query_term.typed) and as_typed),
            )


def chains(forms: list[str], query_term: QueryTerm) -> Iterator[tuple[int, int]]:
    """First and last token; each token is behind the latest that ends the slots before its own."""
    ends = {n: n for n, form in enumerate(forms) if form in query_term.alternatives[0]}
    for alternatives in query_term.alternatives[1:]:
        before, ends = ends, {}
        for n, form in enumerate(forms):
            latest = max((end for end in before if end < n), default=-1)
            if form in alternatives and latest >= 0 and n - latest <= query_term.slop:
                ends[n] = before[latest]
    yield from ((first, last) for last, first in ends.items())


def test_positions_are_those_of_a_plain_search(readers: list[TermReader]) -> None:
    found = positions_of(Terms(readers, 50), QUERY_TERMS, np.array(PAGE, dtype=np.int64)).positions.table
    expected = []
    for row, (segment, docid) in enumerate(PAGE):
        read = readers[segment].segment.whole_article(docid)
        rows = sorted(match for n, query_term in enumerate(QUERY_TERMS) for match in matches(read, query_term, n))
        expected += [(row, *match[3:]) for match in rows]
    assert list(map(tuple, found[:, :IN_HEADING].tolist())) == expected
    assert len({row[1] for row in expected}) == len(QUERY_TERMS) - 1


def test_a_match_in_a_heading_is_known(tmp_path: Path) -> None:
    read = article("a", "Tea", "Tea and cups\n\nOne can drink tea.\n\nCups of tea")
    folder = index_of(tmp_path / "index", Change([read]))
    (state,) = read_segments(folder)
    terms = Terms([TermReader(state.open(folder), Grid(*state.grid), ANALYZER)], 1)
    found = positions_of(terms, [stems("tea")], np.array([(0, 0)], dtype=np.int64)).positions.table
    assert found[:, IN_HEADING].tolist() == [0, 1, 0, 0]


def test_a_page_or_a_question_of_nothing_has_no_positions(readers: list[TermReader]) -> None:
    terms, page = Terms(readers, 50), np.array(PAGE, dtype=np.int64)
    assert positions_of(terms, QUERY_TERMS, page[:0]).positions.table.shape == (0, 8)
    assert positions_of(terms, (), page).positions.table.shape == (0, 8)


@pytest.mark.parametrize("room", [Room(1, 1), Room(40, 400)])
def test_where_there_is_little_room_the_matches_around_the_first_are_read(
    readers: list[TermReader], room: Room
) -> None:
    """The articles are so short that this is every match."""
    terms, page = Terms(readers, 50), np.array(PAGE, dtype=np.int64)
    expected = positions_of(terms, QUERY_TERMS, page)
    found = positions_of(terms, QUERY_TERMS, page, room=room, many=1)
    assert found.positions.table.tolist() == expected.positions.table.tolist()
    assert found.is_complete
    assert expected.is_complete


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    return open_terms(tmp_path_factory.mktemp("long"))


def begins_in(table: np.ndarray, query_term: int) -> list[int]:
    of_text = table[(table[:, IN_TITLE] == 0) & (table[:, QUERY_TERM] == query_term)]
    begins: list[int] = of_text[:, BEGIN].tolist()
    return begins


def test_of_a_word_everywhere_the_first_matches_and_those_around_a_rare_word_are_known(long: Terms) -> None:
    query_terms, page = [word("teas"), word("zebra")], np.array([(0, 0)], dtype=np.int64)
    whole = positions_of(long, query_terms, page).positions.table
    thin = positions_of(long, query_terms, page, room=Room(1000, 10**9)).positions.table
    first, last = 5 * (most_matches(2) - 1), ZEBRA
    near = [begin for begin in begins_in(whole, 0) if begin <= first + REACH - 5 or abs(begin - last) <= REACH - 10]
    known = begins_in(thin, 0)
    assert set(near) <= set(known) < set(begins_in(whole, 0))
    assert len(known) < len(near) + 20
    assert begins_in(thin, 1) == begins_in(whole, 1) == [ZEBRA]
    assert (thin[:, IN_TITLE] == 1).sum() == (whole[:, IN_TITLE] == 1).sum() == 2


def test_after_the_deadline_the_first_article_is_begun_and_the_rest_left_out(long: Terms) -> None:
    page = np.array([(0, 0), (0, 1)], dtype=np.int64)
    found = positions_of(long, [word("tea")], page, Deadline(-1), room=Room(1, 1), many=1)
    assert not found.is_complete
    assert len(found.positions.table) > 0
    assert set(found.positions.table[:, ROW].tolist()) == {0}


def test_a_part_of_a_text_has_its_own_matches_and_those_of_the_title(long: Terms) -> None:
    found = positions_within(long, [word("zebra"), word("tea")], 0, 0, ZEBRA - 10, ZEBRA + 10).table
    assert found[:, [QUERY_TERM, IN_TITLE]].tolist() == [[1, 1], [0, 1], [1, 0], [1, 0], [0, 0], [1, 0]]
    assert found[2:, BEGIN].tolist() == [ZEBRA - 10, ZEBRA - 5, ZEBRA, ZEBRA + 6]
    whole = positions_within(long, [word("zebra"), word("tea")], 0, 1, 0, 1000).table
    assert whole[:, [QUERY_TERM, IN_TITLE, BEGIN]].tolist() == [[1, 1, 0], [1, 0, 2]]


def test_the_next_match_is_behind_an_offset(long: Terms) -> None:
    assert next_match(long, [word("zebra")], 0, 0, 0, NEVER) == ZEBRA
    assert next_match(long, [word("zebra")], 0, 0, ZEBRA, NEVER) == ZEBRA
    assert next_match(long, [word("zebra")], 0, 0, ZEBRA + 1, NEVER) is None
    assert next_match(long, [word("teas")], 0, 0, 7, NEVER) == 10
    assert next_match(long, [], 0, 0, 0, NEVER) is None
