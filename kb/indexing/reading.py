"""Reading and analysing the files of a corpus, in this process or in several, in the order in which they are given.

Files are read in chunks; what a chunk gives is the same wherever it is read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

import msgspec

from kb.article import Article, Corpus, Reading, SourceFile
from kb.indexing.ledger import Ledger
from kb.indexing.pool import shared_out
from kb.indexing.records import Owned
from kb.segments.batch import Batch, batch_of, join, take
from kb.text.token_batches import BatchTokenizer

CHUNK_BYTES = 4_000_000
CHUNK_FILES = 200
"""A chunk has no more of either, unless one file alone has: up to a second of work, some 12 MB on its way back."""

PAYING_SECONDS = 3.0
"""Seconds of work from which on other processes are started; each needs about one before it reads."""

_ANALYSED_AT_ONCE = 500
_MOST_WORDS = 200_000
# In one vocabulary, which is a hundred bytes a word: with more it is begun anew.

_encode = msgspec.msgpack.Encoder().encode


class Task(NamedTuple):
    """A file to read, and the digests by id of its articles that are in the index: as they are, they are not news."""

    source: SourceFile
    indexed: Mapping[str, str]


class FileRead(NamedTuple):
    """What a file gave: of its articles only ids and digests, and which row of the chunk's batch each of them is.

    An article that is in the index as it is has no row.
    """

    source: SourceFile
    read_at_ns: int
    reading: Reading
    rows: dict[str, int]


class FileBatch(NamedTuple):
    """Some files as read, and their articles as analysed."""

    files: list[FileRead]
    batch: Batch


def tasks_for(sources: Iterable[SourceFile], indexed: Mapping[str, Owned]) -> list[Task]:
    """What is to be read, given the articles that are in the index and need not be written again."""
    digests: dict[str, dict[str, str]] = {}
    for article_id, owned in indexed.items():
        digests.setdefault(owned.path, {})[article_id] = owned.digest
    return [Task(source, digests.get(source.path, {})) for source in sources]


def read_chunks(corpus: Corpus, tasks: Sequence[Task], processes: int) -> Generator[FileBatch, None, None]:
    """The files in chunks, in their order; close it, or workers may go on.

    `processes`: how many may read, 0 for one for each core; more than one needs a corpus that can be pickled.
    """
    chunks = list(_cut(tasks))
    wanted = min(processes or len(os.sched_getaffinity(0)), len(chunks))
    yield from shared_out(partial(_reader, corpus), chunks, wanted, PAYING_SECONDS)


class ChunkReader:
    """Reads and analyses files, with one vocabulary for all of them."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._vocabulary = BatchTokenizer()

    def read(self, tasks: Sequence[Task]) -> FileBatch:
        """The files, read and analysed here."""
        if len(self._vocabulary.words) > _MOST_WORDS:
            self._vocabulary = BatchTokenizer()
        files: list[FileRead] = []
        articles: list[Article] = []
        for source, indexed in tasks:
            read_at_ns = time.time_ns()
            reading = _sound(self._corpus.read(source))
            fresh = [article for article in reading.articles if indexed.get(article.id) != article.digest]
            rows = {article.id: row for row, article in enumerate(fresh, start=len(articles))}
            articles += fresh
            files.append(FileRead(source, read_at_ns, _without_content(reading), rows))
        batches = [batch for _, batch in analysed(articles, self._vocabulary)]
        return FileBatch(files, batches[0] if len(batches) == 1 else join(batches))


def _reader(corpus: Corpus) -> Callable[[Sequence[Task]], FileBatch]:
    return ChunkReader(corpus).read


def news(chunk: FileBatch, ledger: Ledger) -> tuple[list[str], Batch]:
    """The ids of the articles of a chunk that are to be written, and their batch; the ledger learns what was read."""
    ids: list[str] = []
    rows: list[int] = []
    for source, read_at_ns, reading, row_of in chunk.files:
        written = [article.id for article in ledger.take(source, reading, read_at_ns)]
        ids += written
        rows += [row_of[article_id] for article_id in written]
    return ids, take(chunk.batch, rows)


def analysed(articles: Iterable[Article], vocabulary: BatchTokenizer) -> Iterator[tuple[list[str], Batch]]:
    """The articles as batches of a size that does not weigh, each with their ids."""
    remaining = iter(articles)
    while some := list(islice(remaining, _ANALYSED_AT_ONCE)):
        yield [article.id for article in some], batch_of(some, vocabulary)


def _cut(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    chunk: list[Task] = []
    size = 0
    for task in tasks:
        if chunk and (len(chunk) == CHUNK_FILES or size + task.source.size > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(task)
        size += task.source.size
    if chunk:
        yield chunk


def _sound(reading: Reading) -> Reading:
    """The reading without articles that cannot be written as UTF-8, and with a reason for each of those."""
    sound: list[Article] = []
    broken: list[str] = []
    for article in reading.articles:
        try:
            _encode(article)
        except UnicodeEncodeError:
            broken.append(f"{article.id.encode('utf-8', 'replace').decode()}: text that is not valid Unicode")
        else:
            sound.append(article)
    if not broken:
        return reading
    return msgspec.structs.replace(reading, articles=tuple(sound), skipped=(*reading.skipped, *broken), unreadable=True)


def _without_content(reading: Reading) -> Reading:
    """The reading as the ledger needs it; the rest of each article is in the batch and need not travel twice."""
    bare = (Article(id=article.id, title="", text="", digest=article.digest) for article in reading.articles)
    return msgspec.structs.replace(reading, articles=tuple(bare))
