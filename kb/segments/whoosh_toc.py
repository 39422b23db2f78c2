"""A segment as Whoosh's table of contents keeps it: its name, its size, what is deleted, which impacts go with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from kb.errors import IndexFailure
from kb.segments.impacts import Grid
from kb.segments.segment import OpenSegment
from kb.segments.whoosh_codec import ColumnarCodec

INDEX_NAME = "MAIN"


class ColumnarSegment(Segment):
    """An immutable segment and the deletions of this generation; pickled into the table of contents."""

    def __init__(self, count: int, grid: Grid, index_name: str = INDEX_NAME) -> None:
        super().__init__(index_name)
        self.count = count
        self.grid = tuple(grid)
        self._marks = bytearray()
        # One bit an article, set where it is deleted; empty if none is. Pickled as it is.

    def with_state(self, deleted: Iterable[int], grid: Grid) -> ColumnarSegment:
        """The same files with other deletions and impacts."""
        changed = ColumnarSegment(self.count, grid, self.indexname)
        changed.segid = self.segid
        for number in deleted:
            changed.delete_document(number)
        return changed

    def open(self, folder: Path) -> OpenSegment:
        """The segment's arrays; raises IndexDamaged if they are not there."""
        return OpenSegment(folder, self.segment_id(), Grid(*self.grid), self.live())

    def open_files(self, folder: Path) -> OpenSegment:
        """The same without its impacts, which may not be written yet."""
        return OpenSegment(folder, self.segment_id(), None, self.live())

    def live(self) -> np.ndarray | None:
        """Which articles are not deleted: bool, shape (count,); None if none is."""
        if not self._marks:
            return None
        return np.unpackbits(np.frombuffer(self._marks, dtype=np.uint8), count=self.count, bitorder="little") == 0

    @property
    def deleted(self) -> tuple[int, ...]:
        """The deleted articles, ascending."""
        live = self.live()
        return () if live is None else tuple(np.flatnonzero(~live).tolist())

    def codec(self) -> Any:
        return ColumnarCodec()

    def should_assemble(self) -> bool:
        """Whoosh would put the files into one, which could not be mapped."""
        return False

    def set_doc_count(self, doccount: int) -> None:
        """What Whoosh's writer counted; a segment counts its articles itself when it is written."""

    def doc_count_all(self) -> int:
        return self.count

    def deleted_count(self) -> int:
        return int.from_bytes(self._marks, "little").bit_count()

    def deleted_docs(self) -> tuple[int, ...]:
        return self.deleted

    def is_deleted(self, docnum: int) -> bool:
        # Whoosh's matchers ask about the document after the last one, too.
        return docnum // 8 < len(self._marks) and bool(self._marks[docnum // 8] >> docnum % 8 & 1)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Marks a document; Whoosh's writer calls this, our own makes new states with `with_state`."""
        marks = self._marks or bytearray(-(-self.count // 8))
        marks[docnum // 8] &= ~(1 << docnum % 8)
        marks[docnum // 8] |= delete << docnum % 8
        self._marks = marks if delete or any(marks) else bytearray()


class PublishedSchema(Schema):
    """The schema of a folder that `kb index` wrote: read back, it cannot be written again.

    Whoosh's writer takes any codec, and with its own it asks nothing of ours. It would put another table of contents
    in the place of the published one; but for that it has to prepare the schema for writing.
    """

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._published = True

    def clean(self) -> None:
        if getattr(self, "_published", False):
            raise IndexFailure("a published generation never changes: change the articles and run kb index")
        super().clean()


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
    TOC(PublishedSchema(**dict(schema.items())), segments, number).write(storage, INDEX_NAME)
