"""The folder of a generation that is not ready: new articles become segments, small segments become one.

The memory of a build does not grow with the archive: batches are written as a segment whenever `memory_mb` of them have
come together, and a merge holds no more than the segments that it makes one. So that these stay small, the segments of
a large build are brought together in groups of like size, each a fraction of what the build has written, before
`segments_to_merge` decides on the rest.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from kb.indexing.durability import link_or_copy
from kb.indexing.generations import Generation
from kb.indexing.manifest import IndexFile
from kb.segments.arrays import open_arrays
from kb.segments.batch import Batch, join
from kb.segments.impacts import Grid, grid_of, impacts_name, write_impacts
from kb.segments.layout import write_segment
from kb.segments.schema import make_schema
from kb.segments.segment import OpenSegment
from kb.segments.whoosh_toc import ColumnarSegment, read_segments, write_segments
from kb.text.tokens import Analyzer

_Item = TypeVar("_Item")

MOST_SEGMENTS = 12
"""Segments of a generation at most: each one costs every query a look-up of every term."""

_FEWEST_GROUPS = 4
"""In how many groups the new segments are brought together, at least, if there are more."""

BYTES_A_TOKEN = 85
BYTES_AN_ARTICLE = 1000
COPIES_OF_CONTENT = 2
"""What a batch costs in memory until it is written, with all that writing needs."""
# The peak of tracemalloc from `batch_of` to the end of `write_segment`, less two copies of texts and records, for each
# token: 78 bytes for 400 articles of 3,000 words, 80 for 5,000 of 150, 84 for 400 of 2,000 Chinese characters; and
# 2,000 for each of 10,000 articles of 12 tokens. The estimate is 1.0 to 1.1 times the peak of all of these.


class Draft:
    """A new folder; with `base` it starts as that generation, whose files it shares, else empty."""

    def __init__(self, folder: Path, base: Generation | None, analyzer: Analyzer, memory_mb: int = 512) -> None:
        self.folder = folder
        self._base = base
        self._analyzer = analyzer
        self._limit = memory_mb * 1_000_000
        self._batches: list[Batch] = []
        self._size = 0
        self._new: list[ColumnarSegment] = []
        self._kept: list[_Kept] = []
        try:
            folder.mkdir()
            if base:
                self._share(base)
        except BaseException:
            self.abandon()
            raise

    def add_batch(self, batch: Batch) -> None:
        """Adds the articles of a batch."""
        self._batches.append(batch)
        self._size += memory_of(batch)
        if self._size > self._limit:
            self._spill()

    def delete(self, article_id: str) -> None:
        """Takes away the article of that id that was there when the draft was opened."""
        for kept in self._kept:
            if kept.delete(article_id):
                return

    def commit(self) -> None:
        """Afterwards the folder is a Whoosh index of at most MOST_SEGMENTS segments and holds nothing else."""
        kept = [segment for segment in (kept.state() for kept in self._kept) if segment.doc_count()]
        groups = in_groups(self._new, max(_FEWEST_GROUPS, MOST_SEGMENTS - 1 - len(kept)))
        segments = kept + [group[0] if len(group) == 1 else self._merged(group) for group in groups]
        waiting = sum(len(batch.records) for batch in self._batches)
        chosen = segments_to_merge([(s.doc_count(), s.doc_count_all()) for s in segments], waiting)
        if waiting or chosen:
            merged = self._merged([segments[i] for i in sorted(chosen)], self._batches)
            segments = [*(s for i, s in enumerate(segments) if i not in chosen), merged]
            self._batches = []
        self._finish(segments)

    def shared(self) -> dict[str, IndexFile]:
        """The files that are one with the base's, by name, as its manifest has them."""
        if self._base is None:
            return {}
        return {
            name: file
            for name, file in self._base.manifest.index_files.items()
            if (self.folder / name).exists() and (self.folder / name).samefile(self._base.path / name)
        }

    def abandon(self) -> None:
        """Removes the folder, as far as the disk allows it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _share(self, base: Generation) -> None:
        for name in base.manifest.index_files:
            link_or_copy(base.path / name, self.folder / name)
        self._kept = [_Kept(self.folder, segment) for segment in read_segments(self.folder)]

    def _spill(self) -> None:
        self._new.append(self._write(self._batches))
        self._batches = []
        self._size = 0

    def _merged(self, segments: Sequence[ColumnarSegment], batches: Sequence[Batch] = ()) -> ColumnarSegment:
        return self._write([*(segment.open_files(self.folder).batch() for segment in segments), *batches])

    def _write(self, batches: Sequence[Batch]) -> ColumnarSegment:
        batch = join(batches)
        segment = ColumnarSegment(len(batch.records), Grid(0, 0))
        write_segment(self.folder, segment.segment_id(), batch, self._analyzer)
        return segment

    def _finish(self, segments: Sequence[ColumnarSegment]) -> None:
        """Gives all segments the impacts of the whole generation, and removes what belongs to none of them."""
        totals = [segment.open_files(self.folder).token_totals for segment in segments]
        grid = grid_of(*(sum(column) for column in zip(*totals, strict=True))) if totals else Grid(0, 0)
        finished = [segment.with_state(segment.deleted, grid) for segment in segments]
        needed = set()
        for segment in finished:
            name = segment.segment_id()
            needed |= {f"{name}.arrays", f"{name}.words", f"{name}.stems", impacts_name(name, grid)}
            if not (self.folder / impacts_name(name, grid)).exists():
                write_impacts(self.folder, name, open_arrays(self.folder / f"{name}.arrays"), grid)
        for path in self.folder.iterdir():
            if path.name not in needed and path.suffix != ".toc":
                path.unlink()
        write_segments(self.folder, make_schema(), finished)


class _Kept:
    """A segment of the base, and which of its articles the draft leaves out."""

    def __init__(self, folder: Path, segment: ColumnarSegment) -> None:
        self._folder = folder
        self._segment = segment
        self._deleted = set(segment.deleted)

    def delete(self, article_id: str) -> bool:
        """Whether the article was here; it is left out from now on."""
        number = self._opened.find(article_id)
        if number is None:
            return False
        self._deleted.add(number)
        return True

    def state(self) -> ColumnarSegment:
        """The segment without what has been deleted."""
        return self._segment.with_state(self._deleted, Grid(*self._segment.grid))

    @cached_property
    def _opened(self) -> OpenSegment:
        return self._segment.open_files(self._folder)


def memory_of(batch: Batch) -> int:
    """The bytes of memory that a batch costs until it is written."""
    content = sum(map(len, batch.texts)) + sum(map(len, batch.records))
    return BYTES_A_TOKEN * len(batch.tokens) + BYTES_AN_ARTICLE * len(batch.records) + COPIES_OF_CONTENT * content


def in_groups(items: Sequence[_Item], most: int) -> list[Sequence[_Item]]:
    """The items in at most so many groups of neighbours, which differ by one item at most."""
    count = min(len(items), most)
    return [items[i * len(items) // count : (i + 1) * len(items) // count] for i in range(count)]


def segments_to_merge(sizes: Sequence[tuple[int, int]], written: int) -> list[int]:
    """Which segments to merge with the `written` new documents; `sizes`: of each the living and all documents.

    Those of which more than half is deleted, those no larger than what is merged so far, and more of the smallest ones
    while there would be too many. So a document is merged anew only into something at least twice as large: a small
    change costs little, and many of them the logarithm of their number each.
    """
    chosen = [i for i, (living, all_) in enumerate(sizes) if 2 * living < all_]
    total = written + sum(sizes[i][0] for i in chosen)
    others = sorted((i for i in range(len(sizes)) if i not in chosen), key=lambda i: sizes[i][0])
    for position, i in enumerate(others):
        remaining = len(others) - position
        if sizes[i][0] > total and remaining + (total > 0) <= MOST_SEGMENTS:
            break
        chosen.append(i)
        total += sizes[i][0]
    return chosen
