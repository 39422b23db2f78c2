"""Batches of files laid end to end, and files that are not read."""

from __future__ import annotations

from pathlib import Path

from kb.article import SourceFile
from kb.indexing.file_batch import FileBatch, joined, unread
from kb.indexing.notes import Note
from kb.indexing.reading import FileReader, tasks_for

from .fakes import FakeCorpus


def read_apart(corpus: FakeCorpus, folder: Path) -> list[FileBatch]:
    sources = [source for source in corpus.scan() if isinstance(source, SourceFile)]
    return [FileReader(corpus, Note(folder))([task]) for task in tasks_for(sources, {})]


def test_every_article_has_its_row_in_the_joined_batch(tmp_path: Path) -> None:
    corpus = FakeCorpus({"a.md": "apple", "b.jsonl": "1=one\n2=two", "c.md": "cheese"})
    parts = read_apart(corpus, tmp_path)
    batch = joined([parts[0], unread(SourceFile("x.md", 1, 1), "evil"), *parts[1:]])
    assert [file.source.path for file in batch.files] == ["a.md", "x.md", "b.jsonl", "c.md"]
    rows = {article_id: row for file in batch.files for article_id, row in file.rows.items()}
    texts = {article_id: batch.articles.texts[row].decode() for article_id, row in rows.items()}
    assert texts == {"a.md": "apple", "1": "one", "2": "two", "c.md": "cheese"}


def test_a_file_that_is_not_read_has_a_reason_and_keeps_its_articles() -> None:
    (file,) = unread(SourceFile("x.md", 1, 1), "evil").files
    assert (file.reading.skipped, file.reading.unreadable, file.reading.articles, file.rows) == (
        ("evil",),
        True,
        (),
        {},
    )
