"""Whoosh opens a generation and reads in it what the articles hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh.index import open_dir
from whoosh.query import Every
from whoosh.reading import TermNotFound

from kb.article import Article
from kb.days import day_number
from kb.errors import IndexFailure
from kb.segments.postings import FIELD_GAP
from kb.segments.whoosh_codec import ColumnarCodec
from tests.corpora import Change, article, index_of

FIRST = [
    article("a", "Green teas", "A cup of tea. Tea!", site="Tea Desk", tags=("Night", "Tea"), published="2024-05-03"),
    article("b", "Night", "No cups here.", site="Tea desk", author="Zoë"),
    article("c", "Gone", "Tea that is gone.", language="en"),
]
SECOND = [article("d", "!", "Tea at five", published="2023")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_of(tmp_path_factory.mktemp("codec"), Change(FIRST), Change(SECOND, ["c"]))


@pytest.fixture
def reader(folder: Path) -> Iterator[Any]:
    with open_dir(str(folder)).reader() as opened:
        yield opened


def test_documents_are_counted_with_and_without_the_deleted_ones(reader: Any) -> None:
    assert (reader.doc_count_all(), reader.doc_count(), reader.has_deletions()) == (4, 3, True)
    assert list(reader.all_doc_ids()) == [0, 1, 3]
    assert [reader.is_deleted(number) for number in range(4)] == [False, False, True, False]


def test_stored_fields_are_the_article(reader: Any) -> None:
    stored = reader.stored_fields(3)
    assert (stored["id"], stored["title"], stored["body"]) == ("d", "!", "Tea at five")
    assert isinstance(stored["record"], Article)
    assert [fields["id"] for fields in reader.all_stored_fields()] == ["a", "b", "d"]


def test_terms_are_in_the_order_of_their_bytes(reader: Any) -> None:
    for field in ("text", "word", "tag", "site", "author"):
        listed = list(reader.lexicon(field))
        assert listed == sorted(set(listed))
    assert b"tea" in list(reader.lexicon("text"))
    assert b"teas" not in list(reader.lexicon("text"))
    assert {b"tea", b"teas"} <= set(reader.lexicon("word"))
    assert list(reader.lexicon("site")) == [b"tea desk"]
    assert list(reader.lexicon("author")) == [b"zoe"]
    terms = list(reader.all_terms())
    assert terms == sorted(terms)
    assert ("tag", b"night") in terms


def test_terms_are_found_by_their_beginning(reader: Any) -> None:
    assert list(reader.expand_prefix("word", "te")) == [b"tea", b"teas"]
    assert ("text", b"tea") in reader
    assert ("text", b"coffee") not in reader
    assert ("no such field", b"tea") not in reader


def test_a_cursor_walks_over_the_terms_of_a_field(reader: Any) -> None:
    leaf = reader.leaf_readers()[0][0]
    cursor = leaf.cursor("word")
    walked = []
    term = cursor.first()
    while term is not None:
        assert cursor.is_valid()
        walked.append(term)
        term = cursor.next()
    assert not cursor.is_valid()
    assert walked == list(leaf.lexicon("word"))
    assert cursor.find(b"te") in (b"tea", "tea")
    assert cursor.text() == cursor.find(b"tea")
    assert cursor.find(b"zzz") is None


@pytest.mark.parametrize(
    ("field", "term", "expected"),
    [
        ("text", "tea", [0, 3]),
        ("title", "tea", [0]),
        ("body", "tea", [0, 3]),
        ("word", "teas", [0]),
        ("body_word", "teas", []),
        ("title_word", "teas", [0]),
        ("text", "gone", []),
        ("text", "cup", [0, 1]),
        ("title_key", "green tea", [0]),
        ("site", "tea desk", [0, 1]),
        ("tag", "tea", [0]),
        ("language", "en", []),
        ("id", "d", [3]),
        ("id", "c", []),
    ],
)
def test_postings_are_the_articles_that_are_there(reader: Any, field: str, term: str, expected: list[int]) -> None:
    assert reader.doc_frequency(field, term) == len(expected)
    if expected:
        assert list(reader.postings(field, term).all_ids()) == expected
    else:
        with pytest.raises(TermNotFound):
            reader.postings(field, term)


def test_weights_of_postings_are_impacts_and_their_positions_leave_a_gap_after_the_title(reader: Any) -> None:
    matcher = reader.postings("text", "tea")
    assert 0 < matcher.weight() < 1
    assert matcher.value_as("positions") == [1, 5 + FIELD_GAP, 6 + FIELD_GAP]
    info = reader.leaf_readers()[0][0].term_info("text", "tea")
    assert (info.doc_frequency(), info.min_id(), info.max_id()) == (1, 0, 0)
    assert info.max_weight() == pytest.approx(matcher.weight())
    assert reader.frequency("text", "tea") > info.max_weight()


def test_lengths_of_fields_are_their_words(reader: Any) -> None:
    assert [reader.doc_field_length(0, field) for field in ("text", "title", "body")] == [7, 2, 5]
    assert [reader.doc_field_length(0, field) for field in ("word", "title_word", "body_word")] == [7, 2, 5]
    assert [reader.doc_field_length(3, field) for field in ("text", "title", "body")] == [3, 0, 3]
    leaf = reader.leaf_readers()[0][0]
    assert (leaf.min_field_length("title"), leaf.max_field_length("title"), leaf.field_length("title")) == (1, 2, 4)


def test_the_column_of_days_is_that_of_the_articles(reader: Any, folder: Path) -> None:
    assert reader.has_column("published")
    column = reader.column_reader("published")
    assert [column[number] for number in (0, 1, 3)] == [day_number("2024-05-03"), 0, day_number("2023")]
    leaf = reader.leaf_readers()[0][0].column_reader("published")
    assert (len(leaf), next(iter(leaf)), leaf.load()[0]) == (3, day_number("2024-05-03"), day_number("2024-05-03"))
    with open_dir(str(folder)).searcher() as searcher:
        hits = searcher.search(Every(), sortedby="published")
        assert [hit["id"] for hit in hits] == ["b", "d", "a"]


def test_the_codec_that_reads_refuses_to_write_and_harms_nothing(tmp_path: Path) -> None:
    folder = index_of(tmp_path / "index", Change(FIRST))
    index = open_dir(str(folder))
    with pytest.raises(IndexFailure, match="only read through Whoosh"):
        index.writer(codec=ColumnarCodec())
    with open_dir(str(folder)).reader() as reader:
        assert reader.doc_count() == 3


def test_a_field_without_terms_has_none(reader: Any) -> None:
    assert "published" not in reader.indexed_field_names()
    assert "record" not in reader.indexed_field_names()
    assert [reader.doc_field_length(0, field, 9) for field in ("site", "title_key", "no such field")] == [9, 9, 9]


def test_an_empty_index_is_one_that_whoosh_opens(tmp_path: Path) -> None:
    for changes in ([], [Change(FIRST), Change([], ["a", "b", "c"])]):
        folder = index_of(tmp_path / f"after-{len(changes)}", *changes)
        with open_dir(str(folder)).reader() as reader:
            assert (reader.doc_count(), list(reader.all_doc_ids())) == (0, [])
            assert list(reader.lexicon("text")) == []
