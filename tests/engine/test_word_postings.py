"""Postings counted again from positions are those that the reader of a segment gives."""

from __future__ import annotations

import numpy as np
import pytest

from kb.deadline import Deadline, DeadlinePassed
from kb.engine.word_postings import word_postings
from kb.segments.postings import TermReader
from kb.segments.schema import TEXT_FIELDS, WORD_FIELDS
from tests.corpora import ANALYZER

from .one_segment import WORDS, open_reader


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TermReader:
    return open_reader(tmp_path_factory.mktemp("words"))


@pytest.mark.parametrize("chunk", [1, 50, 10**6])
@pytest.mark.parametrize("field", [field for field in TEXT_FIELDS if field != "text"])
def test_postings_are_the_same_in_chunks_of_any_size(reader: TermReader, field: str, chunk: int) -> None:
    for word in [*WORDS, "unheard"]:
        term = word if field in WORD_FIELDS else ANALYZER.stem(word)
        expected, found = reader.term(field, term), word_postings(reader, field, term, chunk=chunk)
        assert found.docids.tolist() == expected.docids.tolist()
        assert found.impacts.tobytes() == expected.impacts.tobytes()


def test_deleted_articles_have_no_postings(reader: TermReader) -> None:
    every = word_postings(reader, "word", "tea").docids.tolist()
    reader.segment.live = np.arange(reader.segment.count) % 2 == 0
    try:
        assert word_postings(reader, "word", "tea").docids.tolist() == [n for n in every if n % 2 == 0]
    finally:
        reader.segment.live = None


def test_only_the_first_chunk_is_read_after_the_deadline(reader: TermReader) -> None:
    with pytest.raises(DeadlinePassed):
        word_postings(reader, "word", "tea", Deadline(-1), chunk=1)
    assert len(word_postings(reader, "word", "tea", Deadline(-1)).docids)
