"""A segment as Whoosh's table of contents keeps it: its name, its size, what is deleted, which impacts go with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from kb.indexing.columnar.codec import ColumnarCodec
from kb.indexing.columnar.impacts import Grid
from kb.indexing.columnar.segment import OpenSegment

INDEX_NAME = "MAIN"


class ColumnarSegment(Segment):
    """An immutable segment and the deletions of this generation; pickled into the table of contents."""

    def __init__(self, count: int, grid: Grid) -> None:
        super().__init__(INDEX_NAME)
        self.count = count
        self.grid = tuple(grid)
        self.deleted: tuple[int, ...] = ()

    def with_state(self, deleted: Iterable[int], grid: Grid) -> ColumnarSegment:
        """The same files with other deletions and impacts."""
        changed = ColumnarSegment(self.count, grid)
        changed.segid = self.segid
        changed.deleted = tuple(sorted(deleted))
        return changed

    def open(self, folder: Path) -> OpenSegment:
        """The segment's arrays; raises IndexDamaged if they are not there."""
        return OpenSegment(folder, self.segment_id(), Grid(*self.grid), self.live())

    def open_files(self, folder: Path) -> OpenSegment:
        """The same without its impacts, which may not be written yet."""
        return OpenSegment(folder, self.segment_id(), None, self.live())

    def live(self) -> np.ndarray | None:
        """Which articles are not deleted: bool, shape (count,); None if none is."""
        if not self.deleted:
            return None
        live = np.ones(self.count, dtype=bool)
        live[list(self.deleted)] = False
        return live

    def codec(self) -> Any:
        return ColumnarCodec()

    def doc_count_all(self) -> int:
        return self.count

    def deleted_count(self) -> int:
        return len(self.deleted)

    def deleted_docs(self) -> tuple[int, ...]:
        return self.deleted

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Marks a document; Whoosh's writer calls this, our own makes new states with `with_state`."""
        self.deleted = tuple(sorted({*self.deleted, docnum} if delete else {*self.deleted} - {docnum}))


def read_segments(folder: Path) -> list[ColumnarSegment]:
    """The segments of a generation, from its table of contents. It is a pickle: verify it first."""
    segments: list[ColumnarSegment] = TOC.read(FileStorage(str(folder)), INDEX_NAME).segments
    return segments


def write_segments(folder: Path, schema: Any, segments: list[ColumnarSegment]) -> None:
    """Write the table of contents that makes the folder a Whoosh index of these segments, in place of the one there."""
    storage = FileStorage(str(folder))
    number = max(TOC._latest_generation(storage, INDEX_NAME), 0) + 1
    for old in folder.glob(f"_{INDEX_NAME}_*.toc"):
        old.unlink()
    TOC(schema, segments, number).write(storage, INDEX_NAME)
