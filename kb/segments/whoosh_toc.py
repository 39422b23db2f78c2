"""The table of contents of a generation, in Whoosh's format: names, sizes, deletions and grid of its segments."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC

from kb.errors import IndexDamaged, IndexFailure
from kb.segments.impacts import Grid
from kb.segments.segment import OpenSegment
from kb.segments.versions import MADE_BY_OLDER_KB
from kb.segments.whoosh_codec import ColumnarCodec

INDEX_NAME = "MAIN"
"""Whoosh's name of the index in a folder."""

_TOC_FILES = f"_{INDEX_NAME}_*.toc"


class ColumnarSegment(Segment):
    """An immutable segment and its deletions in one generation; pickled into the table of contents.

    Pickled by the path of this module: an index made before a move of the class is made anew, see `read_segments`.
    """

    def __init__(self, count: int, grid: Grid, index_name: str = INDEX_NAME) -> None:
        super().__init__(index_name)
        self.count = count
        self.grid = tuple(grid)
        self._deleted_bits = b""
        """Bit i is 1 if article i is deleted, little-endian; empty without deletions."""

    def with_state(self, deleted: Iterable[int], grid: Grid) -> ColumnarSegment:
        """A segment of the same files, with these docids deleted and with the impacts of this grid."""
        changed = ColumnarSegment(self.count, grid, self.indexname)
        changed.segid = self.segid
        docids = list(deleted)
        if docids:
            mask = np.zeros(self.count, dtype=bool)
            mask[docids] = True
            changed._deleted_bits = np.packbits(mask, bitorder="little").tobytes()
        return changed

    def open(self, folder: Path) -> OpenSegment:
        """The arrays of the segment; raises IndexDamaged."""
        return OpenSegment(folder, self.segment_id(), Grid(*self.grid), self.live())

    def open_files(self, folder: Path) -> OpenSegment:
        """The same without impacts, which may not be written yet; raises IndexDamaged."""
        return OpenSegment(folder, self.segment_id(), None, self.live())

    def live(self) -> np.ndarray | None:
        """Mask of the articles not deleted: bool, shape (count,); None for no deletions."""
        if not self._deleted_bits:
            return None
        bits = np.frombuffer(self._deleted_bits, dtype=np.uint8)
        return np.unpackbits(bits, count=self.count, bitorder="little") == 0

    @property
    def deleted(self) -> tuple[int, ...]:
        """Docids of the deleted articles, ascending."""
        live = self.live()
        return () if live is None else tuple(np.flatnonzero(~live).tolist())

    def codec(self) -> Any:
        """Whoosh's way to the arrays."""
        return ColumnarCodec()

    def doc_count_all(self) -> int:
        """Articles, deleted articles included."""
        return self.count

    def deleted_count(self) -> int:
        """Deleted articles."""
        return int.from_bytes(self._deleted_bits, "little").bit_count()

    def is_deleted(self, docnum: int) -> bool:
        """Whether an article is deleted; False beyond the last article, which Whoosh's matchers ask about, too."""
        bits = self._deleted_bits
        return docnum // 8 < len(bits) and bool(bits[docnum // 8] >> docnum % 8 & 1)


class PublishedSchema(Schema):
    """The schema of a published generation: unpickled, it refuses to be written again.

    Whoosh's writer with a codec of its own would replace the published table of contents, but prepares the schema for
    writing first, which raises IndexFailure.
    """

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._published = True

    def clean(self) -> None:
        """Whoosh's preparation for writing; raises IndexFailure."""
        if getattr(self, "_published", False):
            raise IndexFailure("a published generation never changes: change the articles and run kb index")
        super().clean()


def read_segments(folder: Path) -> list[ColumnarSegment]:
    """The segments of a generation; raises IndexDamaged for a table of contents of an older kb.

    The table is a pickle: verify it first.
    """
    # From memory: Whoosh does not close a file that it fails to read.
    storage = RamStorage()
    storage.files = {path.name: path.read_bytes() for path in folder.glob(_TOC_FILES)}
    try:
        segments: list[ColumnarSegment] = TOC.read(storage, INDEX_NAME).segments
    except (ImportError, AttributeError) as error:
        # A class in the pickle is no longer in its module.
        raise IndexDamaged(f"{folder} {MADE_BY_OLDER_KB}") from error
    return segments


def write_segments(folder: Path, schema: Any, segments: list[ColumnarSegment]) -> None:
    """Write the table of contents of the segments, and remove the one before."""
    storage = FileStorage(str(folder))
    generation = max(TOC._latest_generation(storage, INDEX_NAME), 0) + 1
    for old in folder.glob(_TOC_FILES):
        old.unlink()
    TOC(PublishedSchema(**dict(schema.items())), segments, generation).write(storage, INDEX_NAME)
