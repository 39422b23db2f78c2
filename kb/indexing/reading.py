"""Reading and analysing the files of a corpus in order, in this process or in several.

Files are read in batches; a batch of files gives the same result in every process.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import parent_process
from pathlib import Path

import msgspec

from kb.article import Article, Corpus, Reading, SourceFile
from kb.compiled import load_if_prepared
from kb.cores import usable_cores
from kb.indexing.apart import ApartReader
from kb.indexing.file_batch import FileBatch, FileRead, Task
from kb.indexing.ledger import Ledger
from kb.indexing.notes import Note, remove_notes
from kb.indexing.pool import map_in_order
from kb.indexing.suspects import Suspects
from kb.segments.batch import Batch, batch_of, join, take
from kb.storage.records import Owned
from kb.text.token_batches import BatchTokenizer

FILE_BATCH_BYTES = 4_000_000
FILE_BATCH_FILES = 200
"""Limits of a batch of files, unless a single file is larger: up to a second of work, some 12 MB when pickled."""

INTERPRETED_BYTES = 500_000
"""Bytes of files: with more to read, interpreting the loops takes longer than loading their machine code."""

PAYING_SECONDS = 3.0
"""Seconds of remaining work to start workers for; each worker needs about a second before reading."""

_ANALYSED_AT_ONCE = 500
"""Articles in an analysed batch at most."""

_MAX_WORDS = 200_000
"""Words of a batch tokenizer, at a hundred bytes each, before a new tokenizer is begun."""

_encode = msgspec.msgpack.Encoder().encode


def tasks_for(sources: Iterable[SourceFile], indexed: Mapping[str, Owned]) -> list[Task]:
    """A task for each file, given the indexed articles by id."""
    digests: dict[str, dict[str, str]] = {}
    for article_id, owned in indexed.items():
        digests.setdefault(owned.path, {})[article_id] = owned.digest
    return [Task(source, digests.get(source.path, {})) for source in sources]


def read_files(
    corpus: Corpus, tasks: Sequence[Task], processes: int, suspects: Suspects
) -> Generator[FileBatch, None, None]:
    """The files in batches, in order; close the generator, or workers may go on.

    `processes`: readers at most, 0: as many as cores; two or more need a corpus with support for pickling, and so
    does any suspect, which is read in a process of its own.
    """
    suspects.charge_notes()
    if sum(task.source.size for task in tasks) > INTERPRETED_BYTES:
        load_if_prepared()
    batches = list(_task_batches(tasks, suspects))
    alone = {batch[0].source.path for batch in batches if suspects.find(batch[0].source)}
    unsuspected = [batch for batch in batches if batch[0].source.path not in alone]
    wanted = min(processes or usable_cores(), len(unsuspected))
    make = partial(_reader, corpus, suspects.index_folder)
    try:
        with closing(ApartReader(make, suspects)) as apart:
            read_apart = {task.source.path: apart.read([task]) for task in tasks if task.source.path in alone}
            with closing(map_in_order(make, unsuspected, wanted, PAYING_SECONDS, apart.read_after)) as read:
                for path in (batch[0].source.path for batch in batches):
                    yield read_apart.pop(path) if path in alone else next(read)
        suspects.keep({task.source for task in tasks})
    finally:
        remove_notes(suspects.index_folder)


class FileReader:
    """Reads and analyses files of a corpus with a common tokenizer; a note says which file is at work."""

    def __init__(self, corpus: Corpus, note: Note) -> None:
        self._corpus = corpus
        self._note = note
        self._tokenizer = BatchTokenizer()

    def __call__(self, tasks: Sequence[Task]) -> FileBatch:
        """The files, read and analysed in this process."""
        self._note.begin([task.source for task in tasks])
        try:
            return self._read(tasks)
        finally:
            self._note.end()

    def orphaned(self) -> None:
        """Called when the process ends because its parent has ended."""
        self._note.excuse()

    def _read(self, tasks: Sequence[Task]) -> FileBatch:
        if len(self._tokenizer.words) > _MAX_WORDS:
            self._tokenizer = BatchTokenizer()
        files: list[FileRead] = []
        articles: list[Article] = []
        for index, (source, indexed) in enumerate(tasks):
            self._note.read(index)
            read_at_ns = time.time_ns()
            reading = _without_invalid_text(self._corpus.read(source))
            fresh = [article for article in reading.articles if indexed.get(article.id) != article.digest]
            rows = {article.id: row for row, article in enumerate(fresh, start=len(articles))}
            articles += fresh
            files.append(FileRead(source, read_at_ns, _without_content(reading), rows))
        self._note.analyse()
        batches = [batch for _, batch in analysed_batches(articles, self._tokenizer)]
        return FileBatch(files, batches[0] if len(batches) == 1 else join(batches))


def _reader(corpus: Corpus, index_folder: Path) -> FileReader:
    if parent_process():
        # A worker is started only for seconds of work.
        load_if_prepared()
    return FileReader(corpus, Note(index_folder))


def articles_to_write(files: FileBatch, ledger: Ledger) -> tuple[list[str], Batch]:
    """Ids and batch of the articles to write; the ledger records every file."""
    ids: list[str] = []
    rows: list[int] = []
    for source, read_at_ns, reading, row_of in files.files:
        written = [article.id for article in ledger.take(source, reading, read_at_ns)]
        ids += written
        rows += [row_of[article_id] for article_id in written]
    return ids, take(files.articles, rows)


def analysed_batches(articles: Iterable[Article], tokenizer: BatchTokenizer) -> Iterator[tuple[list[str], Batch]]:
    """The articles in batches of bounded size, each with the articles' ids."""
    remaining = iter(articles)
    while listed := list(islice(remaining, _ANALYSED_AT_ONCE)):
        yield [article.id for article in listed], batch_of(listed, tokenizer)


def _task_batches(tasks: Iterable[Task], suspects: Suspects) -> Iterator[list[Task]]:
    """The tasks in batches, in order; a suspect is a batch by itself."""
    batch: list[Task] = []
    size = 0
    alone = False
    for task in tasks:
        suspected = suspects.find(task.source) is not None
        full = len(batch) == FILE_BATCH_FILES or size + task.source.size > FILE_BATCH_BYTES
        if batch and (full or suspected or alone):
            yield batch
            batch, size = [], 0
        batch.append(task)
        size += task.source.size
        alone = suspected
    if batch:
        yield batch


def _without_invalid_text(reading: Reading) -> Reading:
    """The reading without articles of invalid Unicode; a reason names each invalid article."""
    valid: list[Article] = []
    invalid: list[str] = []
    for article in reading.articles:
        try:
            _encode(article)
        except UnicodeEncodeError:
            invalid.append(f"{article.id.encode('utf-8', 'replace').decode()}: text that is not valid Unicode")
        else:
            valid.append(article)
    if not invalid:
        return reading
    return msgspec.structs.replace(
        reading, articles=tuple(valid), skipped=(*reading.skipped, *invalid), unreadable=True
    )


def _without_content(reading: Reading) -> Reading:
    """The reading with ids and digests alone, enough for the ledger: the batch has the rest of each article."""
    bare = (Article(id=article.id, title="", text="", digest=article.digest) for article in reading.articles)
    return msgspec.structs.replace(reading, articles=tuple(bare))
