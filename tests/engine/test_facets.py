"""Filters, facets and sort keys of a few articles, against a look at each of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.article import Article
from kb.days import day_number
from kb.deadline import Deadline, DeadlinePassed
from kb.engine.facets import MOST_VALUES, DocValues
from kb.engine.interface import Selection
from kb.engine.matches import SelectedMatches
from kb.segments.postings import TermReader
from tests.corpora import article
from tests.segments.articles import ANALYZER, GRID, lists, segment_of

TEA = [
    article("a", "Tea", site="Tea desk", tags=("Green", "green", "Hot"), published="2024-05-03"),
    article("b", "Coffee", site="tea-desk", tags=("hot",), published="2023"),
    article("c", "Milk", site="Tea desk", author="Zoë"),
    article("d", "An egg", author="ZOE", tags=("GREEN",), published="2024-01-01"),
]


def doc_values(folder: Path, *segments: list[Article]) -> DocValues:
    readers = [
        TermReader(segment_of(folder, articles, f"s{index}"), GRID, ANALYZER) for index, articles in enumerate(segments)
    ]
    return DocValues(readers, ANALYZER)


@pytest.fixture
def tea(tmp_path: Path) -> DocValues:
    return doc_values(tmp_path, TEA)


def candidates(segment: int, *docids: int) -> SelectedMatches:
    return SelectedMatches(segment, np.array(docids, dtype=np.int32), np.zeros(len(docids), dtype=np.float32))


EVERY = np.arange(4)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(filters=(("site", ("TEA DESK", "none")),)), "abc"),
        (Selection(filters=(("tag", ("green",)), ("author", ("zoe",)))), "d"),
        (Selection(filters=(("year", ("2024", "1999", "x", "02024")),)), "ad"),
        (Selection(filters=(("language", ("en",)),)), ""),
        (Selection(published_from="2023-06-01"), "ad"),
        (Selection(published_to="2024-01-01"), "bd"),
        (Selection(published_from="2023-01-01", published_to="2023-01-01"), "b"),
    ],
)
def test_a_filter_lets_through_what_has_one_of_its_values(tea: DocValues, selection: Selection, expected: str) -> None:
    mask = tea.selected(0, EVERY, selection)
    assert mask is not None
    assert "".join(np.array(list("abcd"))[mask]) == expected


def test_without_a_filter_there_is_no_mask(tea: DocValues) -> None:
    assert tea.selected(0, EVERY, Selection(sort="date", facets=("tag",))) is None


def test_articles_without_a_day_come_last_in_both_directions(tea: DocValues) -> None:
    for sort, order in (("date", "bdac"), ("-date", "adbc"), ("title", "dbca")):
        keys = tea.keys(0, EVERY, sort)
        assert "".join("abcd"[docid] for docid in keys.argsort(kind="stable").tolist()) == order


def test_names_that_differ_by_case_are_one_value_as_most_write_it(tea: DocValues) -> None:
    assert tea.counts("tag", [candidates(0, 0, 1, 3)]) == [("GREEN", 2), ("Hot", 2)]
    assert tea.counts("site", [candidates(0, 0, 1, 2, 3)]) == [("Tea desk", 3)]
    assert tea.counts("year", [candidates(0, 0, 1, 2, 3)]) == [("2024", 2), ("2023", 1)]
    assert tea.counts("language", [candidates(0, 0)]) == []


def test_counts_of_segments_are_added_and_only_the_most_frequent_are_given(tmp_path: Path) -> None:
    rare = [article(f"{index}", tags=(f"t{index:03}", "Often")) for index in range(MOST_VALUES + 5)]
    values = doc_values(tmp_path, rare, [article("x", tags=("often", "t104"))])
    counts = values.counts("tag", [candidates(0, *range(len(rare))), candidates(1, 0)])
    assert counts[:3] == [("Often", MOST_VALUES + 6), ("t104", 2), ("t000", 1)]
    assert len(counts) == MOST_VALUES


@settings(max_examples=40, deadline=None, derandomize=True)
@given(articles=lists, sort=st.sampled_from(["date", "-date", "title"]), wanted=st.integers(1, 9))
def test_the_first_are_those_of_the_smallest_keys_then_of_the_first_ids(
    articles: list[Article], sort: str, wanted: int
) -> None:
    with TemporaryDirectory() as folder:
        values = doc_values(Path(folder), articles)
        docids = np.arange(len(articles))
        keys = values.keys(0, docids, sort)
        first = values.first(0, docids, keys, wanted).tolist()
        shared = values.shared_keys(0, keys, sort)
    expected = sorted(docids.tolist(), key=lambda docid: (shared[docid], articles[docid].id))[:wanted]
    assert first == sorted(expected)
    naive = [ANALYZER.keyword(a.title) if sort == "title" else day_number(a.published) for a in articles]
    if sort != "date":
        assert shared == (naive if sort == "title" else [-day for day in naive if isinstance(day, int)])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(articles=lists)
def test_a_facet_counts_each_article_once_for_each_value(articles: list[Article]) -> None:
    with TemporaryDirectory() as folder:
        counts = doc_values(Path(folder), articles).counts("tag", [candidates(0, *range(len(articles)))])
    expected = Counter(key for made in articles for key in {ANALYZER.keyword(tag) for tag in made.tags})
    assert {ANALYZER.keyword(name): count for name, count in counts} == expected


def test_a_facet_of_many_names_is_counted_over_several_requests(tea: DocValues) -> None:
    tea._segments[0].names["tag"]._chunk = 2
    matches = [SelectedMatches(0, np.arange(4, dtype=np.int32), np.ones(4, dtype=np.float32))]
    for attempt in (lambda: tea.counts("tag", matches, Deadline(-1)), lambda: having_hot(tea, Deadline(-1))):
        with pytest.raises(DeadlinePassed):
            attempt()
    assert tea.counts("tag", matches, Deadline(-1)) == [("GREEN", 2), ("Hot", 2)]
    assert having_hot(tea, Deadline(-1)) == [True, True, False, False]


def having_hot(tea: DocValues, deadline: Deadline) -> list[bool]:
    mask = tea.selected(0, np.arange(4, dtype=np.int32), Selection(filters=(("tag", ("hot",)),)), deadline)
    assert mask is not None
    return mask.tolist()
