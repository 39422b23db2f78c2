"""A batch of files on its way through a reader: tasks in, files as read and articles as analysed out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kb.article import Reading, SourceFile
from kb.segments.batch import Batch, join


class Task(NamedTuple):
    """A file to read, and the digests by id of the file's indexed articles: unchanged articles are not written."""

    source: SourceFile
    indexed: Mapping[str, str]


class FileRead(NamedTuple):
    """A file as read.

    reading  ids and digests of the articles, without their content
    rows     id to row in the batch of articles, for each article not in the index yet
    """

    source: SourceFile
    read_at_ns: int
    reading: Reading
    rows: dict[str, int]


class FileBatch(NamedTuple):
    """Files as read, with their articles as analysed."""

    files: list[FileRead]
    articles: Batch


def unread(source: SourceFile, reason: str) -> FileBatch:
    """A batch of a single file, skipped without an attempt to read."""
    reading = Reading(skipped=(reason,), unreadable=True)
    return FileBatch([FileRead(source, time.time_ns(), reading, {})], join([]))


def joined(batches: Sequence[FileBatch]) -> FileBatch:
    """A single batch with the files and articles of all batches, in order."""
    files: list[FileRead] = []
    rows = 0
    for batch in batches:
        files += [_moved(file, rows) for file in batch.files]
        rows += len(batch.articles.records)
    return FileBatch(files, join([batch.articles for batch in batches]))


def _moved(file: FileRead, rows: int) -> FileRead:
    """The file with its articles `rows` further down in the batch."""
    return file._replace(rows={article_id: row + rows for article_id, row in file.rows.items()})
