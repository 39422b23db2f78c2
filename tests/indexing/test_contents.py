"""What is in the files of an index is read back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.indexing.contents import Contents, readable_articles
from kb.segments.batch import article_of
from kb.segments.whoosh_toc import read_segments
from kb.storage.generations import Generations

from .fakes import FakeCorpus


@pytest.fixture
def contents(corpus: FakeCorpus, build: Callable[..., object], generations: Generations) -> Contents:
    """Three articles, of which one was changed: two segments, and a document that is deleted."""
    build(corpus)
    corpus.put("b.md", "butter stone")
    build(corpus)
    return Contents(generations.current().path)


def test_the_living_documents_are_counted_and_read(contents: Contents, corpus: FakeCorpus) -> None:
    with contents:
        assert len(contents) == 3
        assert {id_: found.text for id_, found in contents.articles()} == corpus.texts
        found = contents.article("b.md")
        assert found is not None
        assert found.text == "butter stone"
        assert contents.article("z.md") is None


def test_packed_articles_come_from_the_segments_that_are_not_left_out(
    contents: Contents, corpus: FakeCorpus, generations: Generations
) -> None:
    with contents:
        packed = dict(contents.packed(without=set()))
        assert {id_: row.text.decode() for id_, row in packed.items()} == corpus.texts
        assert [article_of(row.record).id for row in packed.values()] == list(packed)
        names = {segment.segment_id() for segment in read_segments(generations.current().path)}
        assert dict(contents.packed(without=names)) == {}


def test_a_term_finds_the_articles_that_have_it(contents: Contents) -> None:
    with contents:
        assert contents.finds("word", "butter", "b.md")
        assert not contents.finds("word", "butter", "a.md")
        assert not contents.finds("word", "bread", "b.md")


def test_what_cannot_be_read_any_more_is_none(contents: Contents, generations: Generations) -> None:
    folder = generations.current().path
    given = dict(readable_articles(folder, ["a.md", "z.md"]))
    assert given["a.md"]
    assert given["z.md"] is None
    for path in folder.glob("*.arrays"):
        path.write_bytes(b"")
    assert dict(readable_articles(folder, ["a.md"])) == {"a.md": None}
