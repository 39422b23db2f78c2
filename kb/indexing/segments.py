"""The folder of a generation that is not ready: new articles become segments, small segments become one.

Articles are gathered, analysed a few thousand at a time and written as a segment whenever `memory_mb` of them have come
together, so that the memory of a build does not grow with the archive.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from kb.analysis import Analyzer
from kb.indexing.columnar.arrays import open_arrays
from kb.indexing.columnar.batch import Batch, analyse, join
from kb.indexing.columnar.impacts import Grid, grid_of, impacts_name, write_impacts
from kb.indexing.columnar.layout import write_segment
from kb.indexing.columnar.whoosh_segment import ColumnarSegment, read_segments, write_segments
from kb.indexing.durability import link_or_copy
from kb.indexing.generations import Generation
from kb.indexing.manifest import IndexFile
from kb.indexing.schema import make_schema
from kb.model import Article

MOST_SEGMENTS = 12
"""Segments of a generation at most: each one costs every query a look-up of every term."""

ANALYSED_AT_ONCE = 500
BYTES_A_CHARACTER = 12
"""What an article costs in memory between being read and being written, for each character of it; measured."""


class Draft:
    """A new folder; with `base` it starts as that generation, whose files it shares, else empty."""

    def __init__(self, folder: Path, base: Generation | None, analyzer: Analyzer, memory_mb: int = 512) -> None:
        self.folder = folder
        self._base = base
        self._analyzer = analyzer
        self._limit = memory_mb * 1_000_000
        self._waiting: list[Article] = []
        self._batches: list[Batch] = []
        self._size = 0
        self._new: list[ColumnarSegment] = []
        try:
            folder.mkdir()
            for name in base.manifest.index_files if base else ():
                link_or_copy(base.path / name, folder / name) if base else None
            self._kept = read_segments(folder) if base else []
            self._deleted: dict[str, set[int]] = {s.segment_id(): set(s.deleted) for s in self._kept}
            self._opened = {s.segment_id(): s.open(folder) for s in self._kept}
        except BaseException:
            self.abandon()
            raise

    def add(self, article: Article) -> None:
        """Nothing; the draft gets the article."""
        self._waiting.append(article)
        self._size += BYTES_A_CHARACTER * len(article.text)
        if len(self._waiting) >= ANALYSED_AT_ONCE:
            self._analyse()
        if self._size > self._limit:
            self._spill()

    def add_batch(self, batch: Batch) -> None:
        """Nothing; the draft gets the articles of a batch that was analysed elsewhere."""
        self._batches.append(batch)
        self._size += BYTES_A_CHARACTER * sum(map(len, batch.texts))
        if self._size > self._limit:
            self._spill()

    def delete(self, article_id: str) -> None:
        """Nothing; the draft loses the article of that id that was there when it was opened."""
        for name, segment in self._opened.items():
            number = segment.find(article_id)
            if number is not None:
                self._deleted[name].add(number)

    def commit(self) -> None:
        """Nothing; afterwards the folder is a Whoosh index of at most MOST_SEGMENTS segments and holds nothing else."""
        self._analyse()
        kept = [s.with_state(self._deleted[s.segment_id()], Grid(*s.grid)) for s in self._kept]
        segments = [s for s in kept if s.doc_count()] + self._new
        sizes = [(s.doc_count(), s.doc_count_all()) for s in segments]
        waiting = sum(len(batch.records) for batch in self._batches)
        chosen = segments_to_merge(sizes, waiting)
        if waiting or len(chosen) > 1 or any(2 * living < all_ for living, all_ in sizes):
            merged = [segments[i].open_files(self.folder).batch() for i in sorted(chosen)]
            segments = [s for i, s in enumerate(segments) if i not in chosen]
            if any(len(batch.records) for batch in [*merged, *self._batches]):
                segments.append(self._write([*merged, *self._batches]))
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
        """Nothing; the folder goes, as far as the disk allows it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _analyse(self) -> None:
        if self._waiting:
            self._batches.append(analyse(self._waiting))
            self._waiting = []

    def _spill(self) -> None:
        self._analyse()
        self._new.append(self._write(self._batches))
        self._batches = []
        self._size = 0

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
