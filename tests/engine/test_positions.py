"""Positions of query terms are those of a plain search through the tokens of each article."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kb.article import Article
from kb.engine.interface import IN_HEADING, QueryTerm
from kb.engine.positions import positions_of
from kb.engine.terms import Terms
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.schema import FIELDS, WORD_FIELDS
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of

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
    found = positions_of(Terms(readers, 50), QUERY_TERMS, np.array(PAGE, dtype=np.int64)).table
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
    found = positions_of(terms, [stems("tea")], np.array([(0, 0)], dtype=np.int64)).table
    assert found[:, IN_HEADING].tolist() == [0, 1, 0, 0]


def test_a_page_or_a_question_of_nothing_has_no_positions(readers: list[TermReader]) -> None:
    terms, page = Terms(readers, 50), np.array(PAGE, dtype=np.int64)
    assert positions_of(terms, QUERY_TERMS, page[:0]).table.shape == (0, 8)
    assert positions_of(terms, (), page).table.shape == (0, 8)


def test_a_damaged_posting_raises_or_stays_within_its_article(readers: list[TermReader]) -> None:
    segment = readers[0].segment
    whole, columns = segment.arrays["posting_offsets"], segment.token_columns
    terms, page, raised = Terms(readers, 50), np.array([(0, 3)], dtype=np.int64), 0
    postings = segment.postings(STEM["Tea"])
    try:
        for index in range(postings.start, postings.stop + 1):
            for bit in (0, 4, 31, 45, 62, 63):
                offsets = whole.copy()
                offsets[index] ^= np.int64(1) << np.int64(bit)
                segment.token_columns = columns._replace(posting_offsets=offsets)
                try:
                    table = positions_of(terms, [stems("tea")], page).table
                    assert len(table) <= columns.bounds[4] - columns.bounds[3]
                except IndexError:
                    raised += 1
    finally:
        segment.token_columns = columns
    assert raised > 5
