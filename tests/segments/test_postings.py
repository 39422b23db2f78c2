"""What a reader says of a term in each field, against looking at every article."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.article import Article
from kb.segments.batch import analyse, join
from kb.segments.postings import FIELD_GAP, TermReader
from kb.segments.schema import FIELDS, NAME_FIELDS, TEXT_FIELDS
from kb.segments.segment import OpenSegment

from .articles import ANALYZER, GRID, lists, random_lists, segment_of, stems_of, words_of


def terms_of(article: Article, field: str) -> tuple[list[str], list[str]]:
    """The terms of a text field in the title and in the text, with "" for those of the part that it is not read in."""
    title, text = stems_of(article) if FIELDS[field].form == "stem" else words_of(article)
    return (
        title if FIELDS[field].in_title else [""] * len(title),
        text if FIELDS[field].in_body else [""] * len(text),
    )


def impact(listed: Sequence[Article], docid: int, field: str, term: str) -> float:
    """BM25F of a term of a field in an article, by hand."""
    averages = GRID.averages
    weight = 0.0
    for boost, terms, average in zip((3, 1), terms_of(listed[docid], field), averages, strict=True):
        weight += boost * terms.count(term) / (0.25 + 0.75 * len(terms) / average)
    return weight / (1.5 + weight)


@random_lists
@given(listed=lists, data=st.data())
def test_a_term_of_a_text_field_has_its_articles_impacts_and_positions(
    listed: list[Article], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(TEXT_FIELDS))
    live = np.array(data.draw(st.lists(st.booleans(), min_size=len(listed), max_size=len(listed))), dtype=bool)
    with TemporaryDirectory() as folder:
        segment_of(Path(folder), listed)
        reader = TermReader(OpenSegment(Path(folder), "one", GRID, live), GRID, ANALYZER)
    tokens = [term for article in listed for term in chain(*terms_of(article, field))]
    owners = [docid for docid, article in enumerate(listed) for _ in chain(*terms_of(article, field))]
    for term in {*tokens, "unheard"} - {""}:
        positions = reader.positions(field, term)
        assert positions.positions.tolist() == [token for token, own in enumerate(tokens) if own == term]
        assert positions.docids.tolist() == [owners[token] for token in positions.positions]
        postings = reader.term(field, term)
        expected = [docid for docid in sorted({*positions.docids.tolist()}) if live[docid]]
        assert postings.docids.tolist() == expected
        assert (postings.docids.dtype, postings.impacts.dtype) == (np.int32, np.float32)
        assert postings.impacts.tolist() == pytest.approx(
            [impact(listed, docid, field, term) for docid in expected], rel=1e-5
        )
    listing = list(reader.terms(field))
    assert listing == sorted({*listing})
    assert {*tokens} - {""} <= {*listing}


def names_of(article: Article, field: str) -> set[str]:
    names = article.tags if field == "tag" else [getattr(article, field)]
    return {ANALYZER.keyword(name) for name in names if name}


@random_lists
@given(listed=lists)
def test_a_name_has_its_articles_whatever_its_case_and_accents(listed: list[Article]) -> None:
    with TemporaryDirectory() as folder:
        reader = TermReader(segment_of(Path(folder), listed), GRID, ANALYZER)
    for field in NAME_FIELDS:
        keys = set().union(*(names_of(article, field) for article in listed))
        assert list(reader.terms(field)) == sorted(keys)
        assert reader.names[field].having(sorted(keys)).tolist() == [
            bool(names_of(article, field)) for article in listed
        ]
        for key in {*keys, "unheard"}:
            postings = reader.term(field, key)
            assert postings.docids.tolist() == [n for n, a in enumerate(listed) if key in names_of(a, field)]
            assert set(postings.impacts.tolist()) <= {1.0}


@random_lists
@given(listed=lists)
def test_a_whole_title_has_the_articles_of_that_title(listed: list[Article]) -> None:
    keys = [" ".join(stems_of(article)[0]) for article in listed]
    with TemporaryDirectory() as folder:
        reader = TermReader(segment_of(Path(folder), listed), GRID, ANALYZER)
    for key in keys:
        assert reader.term("title_key", key).docids.tolist() == [n for n, own in enumerate(keys) if own == key]
    assert reader.term("title_key", "no such title").docids.tolist() == []


def test_positions_in_an_article_leave_a_gap_between_title_and_text(tmp_path: Path) -> None:
    listed = [Article(id=name, title="Tea", text="Tea. Tea!") for name in "ab"]
    reader = TermReader(segment_of(tmp_path, listed), GRID, ANALYZER)
    positions = reader.positions_in_articles(reader.positions("text", "tea")).tolist()
    assert positions == 2 * [0, 1 + FIELD_GAP, 2 + FIELD_GAP]


def test_a_segment_of_no_article_finds_nothing(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [])
    reader = TermReader(segment, GRID, ANALYZER)
    assert segment.token_totals == (0, 0, 0)
    assert segment.find("a") is None
    for field in ("text", "title", "body", "word", "title_word", "body_word", "title_key", "site", "tag"):
        assert reader.term(field, "tea").docids.tolist() == []
        assert list(reader.terms(field)) == []
    assert join([]).words == join([segment.batch(), analyse([])]).words == []
