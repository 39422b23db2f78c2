"""Articles with a phrase are those in which a plain search over the tokens finds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.deadline import Deadline, DeadlinePassed
from kb.engine.phrases import WINDOW, Phrase, Scan, articles_with_phrase, scan_articles
from kb.segments.inversion import Inversion
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


def with_phrase(phrase: Phrase, words: np.ndarray, inversion: Inversion, steps: int) -> list[int]:
    """Found in as many pieces as the number of steps makes necessary."""
    articles, begin, found = inversion.docids[phrase.slots[0, 0] : phrase.slots[0, 1]].copy(), 0, []
    scan = Scan(np.full(len(phrase.slots), -1, dtype=np.int64), np.full(1, -1, dtype=np.int64))
    while begin < len(articles):
        read, docids = scan_articles(articles[begin:], phrase, scan, steps, words, inversion)
        begin += read
        found += docids.tolist()
    return found


@given(
    articles=st.lists(st.tuples(tokens, tokens), min_size=1, max_size=8),
    phrase=st.lists(st.integers(0, TERMS - 1), min_size=1, max_size=4),
    slop=st.integers(1, 4),
    fields=st.sampled_from([(True, True), (True, False), (False, True)]),
    exact=st.booleans(),
    steps=st.sampled_from([1, 5, 10**6]),
)
def test_a_phrase_is_found_within_the_title_or_within_the_text(
    articles: list[tuple[Tokens, Tokens]],
    phrase: list[int],
    slop: int,
    fields: tuple[bool, bool],
    exact: bool,
    steps: int,
) -> None:
    inversion, ranges, words = inverted(articles, TERMS)
    slots = np.array([(*ranges[term], term if exact else -1) for term in phrase], dtype=np.int64)
    found = with_phrase(Phrase(slots, slop, *fields), words, inversion, steps)
    expected = [
        docid
        for docid, parts in enumerate(articles)
        if any(has_phrase(part, phrase, slop) for part, read in zip(parts, fields, strict=True) if read)
    ]
    assert found == expected


@given(articles=st.lists(st.tuples(tokens, tokens), min_size=1, max_size=8), phrase=st.lists(st.just(0), min_size=1))
def test_a_word_in_another_form_is_not_the_exact_word(articles: list[tuple[Tokens, Tokens]], phrase: list[int]) -> None:
    inversion, ranges, words = inverted(articles, TERMS)
    slots = np.array([(*ranges[term], TERMS) for term in phrase], dtype=np.int64)
    assert with_phrase(Phrase(slots, 1, True, True), words, inversion, 10**6) == []


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


@pytest.mark.parametrize("steps", [1, 10**6])
@pytest.mark.parametrize("gap", [1, 2, 3])
def test_a_phrase_is_found_across_the_windows_of_a_long_article(steps: int, gap: int) -> None:
    """Term 1 stands at the end of the first window, term 0 in all others but the one `gap` behind it."""
    text = [0] * (2 * WINDOW)
    text[WINDOW - 1], text[WINDOW - 1 + gap] = 1, 2
    inversion, ranges, words = inverted([([], text)], TERMS)
    slots = np.array([(*ranges[term], -1) for term in (1, 2)], dtype=np.int64)
    for slop in (1, 2, 3):
        assert with_phrase(Phrase(slots, slop, True, True), words, inversion, steps) == ([0] if gap <= slop else [])


def test_a_phrase_is_not_looked_for_after_the_deadline(reader: TermReader) -> None:
    terms = [ANALYZER.stem("cup"), ANALYZER.stem("tea")]
    with pytest.raises(DeadlinePassed):
        articles_with_phrase(reader, "text", terms, 1, Deadline(-1), steps=1)
    assert len(articles_with_phrase(reader, "text", terms, 1, Deadline(-1)))


@pytest.mark.parametrize(("index", "bound"), [(1, 1 << 60), (0, -(1 << 60)), (1, -(1 << 60)), (0, 1 << 60)])
def test_bounds_that_rot_while_they_are_open_are_no_loop_without_end(index: int, bound: int) -> None:
    inversion, ranges, words = inverted([([], [0, 1])], TERMS)
    bounds = inversion.bounds.copy()
    bounds[index] = bound
    slots = np.array([(*ranges[term], -1) for term in (1, 0)], dtype=np.int64)
    assert with_phrase(Phrase(slots, 1, True, True), words, inversion._replace(bounds=bounds), 10**6) == []
