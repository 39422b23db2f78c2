"""Reading and analysing the files of a corpus, in this process or in several, in the order in which they are given.

Files are read in chunks; what a chunk gives is the same wherever it is read. Worker processes are started afresh, not
forked: nothing that is open here is open there, the lock of the build least of all. Each worker holds one end of a
pipe, the lifeline, and ends when the other end is closed: when the reading ends, for whatever reason, or this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import Connection
from typing import NamedTuple

import msgspec

from kb.errors import IndexFailure
from kb.indexing.columnar.batch import Batch, analyse, join, take
from kb.indexing.ledger import Ledger
from kb.indexing.manifest import Owned
from kb.model import Article, Corpus, Reading, SourceFile

CHUNK_BYTES = 4_000_000
CHUNK_FILES = 200
"""A chunk has no more of either, unless one file alone has: about half a second of work, some 12 MB on its way back."""

PAYING_CHUNKS = 6.0
"""Full chunks of work from which on processes are started."""
# A worker needs about a second before it reads; six chunks are some three seconds of work.

_AHEAD = 2
# Chunks in flight beyond one for each process, so that none waits while a segment is written.

_ANALYSED_AT_ONCE = 500


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


class Chunk(NamedTuple):
    """Some files as read, and their articles as analysed."""

    files: list[FileRead]
    batch: Batch


def tasks_for(sources: Iterable[SourceFile], indexed: Mapping[str, Owned]) -> list[Task]:
    """What is to be read, given the articles that are in the index and need not be written again."""
    digests: dict[str, dict[str, str]] = {}
    for article_id, owned in indexed.items():
        digests.setdefault(owned.path, {})[article_id] = owned.digest
    return [Task(source, digests.get(source.path, {})) for source in sources]


def read_chunks(corpus: Corpus, tasks: Sequence[Task], processes: int) -> Generator[Chunk, None, None]:
    """The files in chunks, in their order; close it, or workers may go on.

    `processes`: how many may read, 0 for one for each core; more than one needs a corpus that can be pickled.
    """
    chunks = list(_cut(tasks))
    workers = min(processes or len(os.sched_getaffinity(0)), len(chunks))
    if workers < 2 or _work(tasks) < PAYING_CHUNKS:
        for chunk in chunks:
            yield read_chunk(corpus, chunk)
        return
    with _workers(workers) as pool:
        flying: deque[Future[Chunk]] = deque()
        for chunk in chunks:
            flying.append(pool.submit(read_chunk, corpus, chunk))
            if len(flying) >= workers + _AHEAD:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


def read_chunk(corpus: Corpus, tasks: Sequence[Task]) -> Chunk:
    """The files, read and analysed here."""
    files: list[FileRead] = []
    articles: list[Article] = []
    for source, indexed in tasks:
        read_at_ns = time.time_ns()
        reading = _sound(corpus.read(source))
        fresh = [article for article in reading.articles if indexed.get(article.id) != article.digest]
        rows = {article.id: row for row, article in enumerate(fresh, start=len(articles))}
        articles += fresh
        files.append(FileRead(source, read_at_ns, _without_content(reading), rows))
    return Chunk(files, join([batch for _, batch in analysed(articles)]))


def news(chunk: Chunk, ledger: Ledger) -> tuple[list[str], Batch]:
    """The ids of the articles of a chunk that are to be written, and their batch; the ledger learns what was read."""
    ids: list[str] = []
    rows: list[int] = []
    for source, read_at_ns, reading, row_of in chunk.files:
        written = [article.id for article in ledger.take(source, reading, read_at_ns)]
        ids += written
        rows += [row_of[article_id] for article_id in written]
    return ids, take(chunk.batch, rows)


def analysed(articles: Iterable[Article]) -> Iterator[tuple[list[str], Batch]]:
    """The articles as batches of a size that does not weigh, each with their ids."""
    remaining = iter(articles)
    while some := list(islice(remaining, _ANALYSED_AT_ONCE)):
        yield [article.id for article in some], analyse(some)


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


def _work(tasks: Sequence[Task]) -> float:
    """How much there is to read, in full chunks."""
    return len(tasks) / CHUNK_FILES + sum(task.source.size for task in tasks) / CHUNK_BYTES


def _sound(reading: Reading) -> Reading:
    """The reading without articles that cannot be written as UTF-8, and with a reason for each of those."""
    sound: list[Article] = []
    broken: list[str] = []
    for article in reading.articles:
        try:
            msgspec.json.encode(article)
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


@contextmanager
def _workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """So many processes to give work to; raises IndexFailure if one of them ends before its time."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_hold, initargs=(theirs,))
    try:
        yield pool
    except BrokenProcessPool as error:
        raise IndexFailure(
            "a process that read articles ended before its time, perhaps for want of memory; the index is as it was, "
            "and a smaller index_processes needs less memory"
        ) from error
    finally:
        ours.close()
        pool.shutdown(cancel_futures=True)
        theirs.close()


def _hold(lifeline: Connection) -> None:
    """Prepares a worker: it ends with its lifeline, and leaves Ctrl+C, which reaches it too, to the process above."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        lifeline.poll(None)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
