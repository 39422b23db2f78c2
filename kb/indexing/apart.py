"""Reading apart: each file alone, in a process free to end, for the names of deadly files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from kb.errors import IndexFailure
from kb.indexing.file_batch import FileBatch, Task, joined, unread
from kb.indexing.suspects import Suspects
from kb.indexing.worker import Worker, WorkerEnded

MAX_ENDED = 20
"""Processes of a build ended before their time; with more, the machine is at fault, not the files."""

MakeReader: TypeAlias = Callable[[], Callable[[Sequence[Task]], FileBatch]]


class ApartReader:
    """Reads files apart, and sets deadly files aside; the process starts with the first file."""

    def __init__(self, make: MakeReader, suspects: Suspects) -> None:
        """`make`: makes a reader, in the process apart."""
        self._make = make
        self._suspects = suspects
        self._worker: Worker | None = None
        self._ended = 0

    def read(self, tasks: Sequence[Task]) -> FileBatch:
        """The files, each read alone; a file set aside has a reason.

        Raises IndexFailure if the process cannot start, was told to end, or ends too often.
        """
        batches = [self._read_alone(task) for task in tasks]
        return batches[0] if len(batches) == 1 else joined(batches)

    def read_after(self, ended: WorkerEnded, tasks: Sequence[Task]) -> FileBatch:
        """The files of a batch, read after the end of a process in the middle of the batch."""
        self._charge(ended, tasks)
        return self.read(tasks)

    def close(self) -> None:
        """End the process, if any."""
        worker, self._worker = self._worker, None
        if worker:
            worker.kill()

    def _read_alone(self, task: Task) -> FileBatch:
        while not (reason := self._reason(task)):
            try:
                batch = self._in_process([task])
            except WorkerEnded as ended:
                self.close()
                self._charge(ended, [task])
            else:
                self._suspects.clear(task.source)
                return batch
        return unread(task.source, reason)

    def _reason(self, task: Task) -> str | None:
        suspect = self._suspects.find(task.source)
        return suspect.reason if suspect else None

    def _in_process(self, tasks: Sequence[Task]) -> FileBatch:
        if self._worker is None:
            self._worker = Worker(self._make)
            self._worker.wait_until_ready()
        self._worker.send(tasks)
        batch: FileBatch = self._worker.receive()
        return batch

    def _charge(self, ended: WorkerEnded, tasks: Sequence[Task]) -> None:
        if ended.was_told:
            raise ended
        self._ended += 1
        self._suspects.charge(ended.process, [task.source for task in tasks])
        if self._ended > MAX_ENDED:
            raise IndexFailure(f"{ended} ({self._ended} such ends in this build)") from ended
