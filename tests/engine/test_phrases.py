"""Articles with a phrase are those in which a plain search over the tokens finds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.phrases import Phrase, articles_with_phrase, with_phrase
from kb.segments.postings import TermReader
from tests.corpora import ANALYZER

from .inversions import Tokens, inverted
from .one_segment import open_reader

TERMS = 3
tokens = st.lists(st.integers(0, TERMS - 1), max_size=8)


def has_phrase(field: Tokens, phrase: list[int], slop: int) -> bool:
    ends = {n for n, token in enumerate(field) if token == phrase[0]}
    for term in phrase[1:]:
        ends = {n for n, token in enumerate(field) if token == term and any(1 <= n - end <= slop for end in ends)}
    return bool(ends)


@given(
    articles=st.lists(st.tuples(tokens, tokens), min_size=1, max_size=8),
    phrase=st.lists(st.integers(0, TERMS - 1), min_size=1, max_size=4),
    slop=st.integers(1, 4),
    fields=st.sampled_from([(True, True), (True, False), (False, True)]),
    exact=st.booleans(),
)
def test_a_phrase_is_found_within_the_title_or_within_the_text(
    articles: list[tuple[Tokens, Tokens]], phrase: list[int], slop: int, fields: tuple[bool, bool], exact: bool
) -> None:
    inversion, ranges, words = inverted(articles, TERMS)
    slots = np.array([(*ranges[term], term if exact else -1) for term in phrase], dtype=np.int64)
    found = with_phrase(Phrase(slots, slop, *fields), words, inversion)
    expected = [
        docid
        for docid, parts in enumerate(articles)
        if any(has_phrase(part, phrase, slop) for part, read in zip(parts, fields, strict=True) if read)
    ]
    assert found.tolist() == expected


@given(articles=st.lists(st.tuples(tokens, tokens), min_size=1, max_size=8), phrase=st.lists(st.just(0), min_size=1))
def test_a_word_in_another_form_is_not_the_exact_word(articles: list[tuple[Tokens, Tokens]], phrase: list[int]) -> None:
    inversion, ranges, words = inverted(articles, TERMS)
    slots = np.array([(*ranges[term], TERMS) for term in phrase], dtype=np.int64)
    assert len(with_phrase(Phrase(slots, 1, True, True), words, inversion)) == 0


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TermReader:
    return open_reader(tmp_path_factory.mktemp("phrases"))


@pytest.mark.parametrize("field", ["text", "title", "body", "word", "title_word", "body_word"])
def test_each_field_is_looked_at_in_its_own_words(reader: TermReader, field: str) -> None:
    terms = ["cup", "tea"] if "word" in field else [ANALYZER.stem("cup"), ANALYZER.stem("tea")]
    parts = [part for part in ("title", "text") if not field.startswith({"title": "body", "text": "title"}[part])]
    articles = [reader.segment.whole_article(docid) for docid in range(reader.segment.count)]
    expected = [n for n, each in enumerate(articles) if any("cup tea" in getattr(each, part) for part in parts)]
    assert articles_with_phrase(reader, field, terms, 1).tolist() == expected
    assert expected
