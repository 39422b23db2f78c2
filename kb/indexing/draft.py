"""Draft of a generation: new articles become segments, small segments are merged, records and manifest come last.

The memory of a build does not grow with the archive: batches are written as a segment at more than `memory_mb`,
and a merge holds no more than the segments merged. To keep merges small, the new segments of a large build are first
merged in groups of like size, each a fraction of all new articles; `segments_to_merge` decides on the rest.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from kb.segments.arrays import open_arrays
from kb.segments.batch import Batch, join
from kb.segments.impacts import Grid, grid_of, impacts_name, write_impacts
from kb.segments.layout import write_segment
from kb.segments.schema import make_schema
from kb.segments.segment import OpenSegment
from kb.segments.whoosh_toc import ColumnarSegment, read_segments, write_segments
from kb.storage.checksums import measure_all
from kb.storage.durability import sync
from kb.storage.lineages import Base, take_over
from kb.storage.manifest import MANIFEST, IndexFile, Manifest, write_manifest
from kb.storage.records import FileRecord, write_records
from kb.text.tokens import Analyzer

_Item = TypeVar("_Item")

MOST_SEGMENTS = 12
"""Segments of a generation at most: each segment costs every query a look-up of every term."""

_MIN_GROUPS = 4
"""Groups of new segments at least, for as many segments or more."""

BYTES_A_TOKEN = 85
"""Memory for each token of a batch until the batch is written, the memory for writing included."""

BYTES_AN_ARTICLE = 1000
"""Memory for each article of a batch, besides tokens and content."""

COPIES_OF_CONTENT = 2
"""Copies of an article's text and record in memory until the batch is written."""
# The peak of tracemalloc from `batch_of` to the end of `write_segment`, less two copies of texts and records, for each
# token: 78 bytes for 400 articles of 3,000 words, 80 for 5,000 of 150, 84 for 400 of 2,000 Chinese characters; and
# 2,000 for each of 10,000 articles of 12 tokens. The estimate is 1.0 to 1.1 times the peak of all of these.


class Draft:
    """A new folder; segments of the `base` that do not change are taken over at the end."""

    def __init__(
        self,
        folder: Path,
        base: Base | None,
        analyzer: Analyzer,
        memory_mb: int = 512,
        sign: Callable[[], None] = lambda: None,
    ) -> None:
        """`sign` is called for each written segment and each hashed file."""
        self.folder = folder
        self._sign = sign
        self._base = base
        self._analyzer = analyzer
        self._max_bytes = memory_mb * 1_000_000
        self._batches: list[Batch] = []
        self._bytes = 0
        self._new_segments: list[ColumnarSegment] = []
        self._base_segments = [_BaseSegment(base.path, s) for s in read_segments(base.path)] if base else []
        self._taken_over: dict[str, IndexFile] = {}
        folder.mkdir()

    def add_batch(self, batch: Batch) -> None:
        """Add the articles of a batch."""
        self._batches.append(batch)
        self._bytes += memory_of(batch)
        if self._bytes > self._max_bytes:
            self._spill()

    def delete(self, article_id: str) -> None:
        """Delete an article of the base, if present."""
        for segment in self._base_segments:
            if segment.delete(article_id):
                return

    def commit(self) -> None:
        """Make the folder a Whoosh index of at most MOST_SEGMENTS segments, without further files."""
        old = [state for state in (segment.state() for segment in self._base_segments) if state.doc_count()]
        groups = in_groups(self._new_segments, max(_MIN_GROUPS, MOST_SEGMENTS - 1 - len(old)))
        segments = old + [group[0] if len(group) == 1 else self._merge(group) for group in groups]
        waiting = sum(len(batch.records) for batch in self._batches)
        chosen = segments_to_merge([(s.doc_count(), s.doc_count_all()) for s in segments], waiting)
        if waiting or chosen:
            merged = self._merge([segments[i] for i in sorted(chosen)], self._batches)
            segments = [*(s for i, s in enumerate(segments) if i not in chosen), merged]
            self._batches = []
        self._finish(segments)

    def taken_over(self) -> set[str]:
        """Names of the segments taken over from the base, once committed."""
        return {name.split(".")[0] for name in self._taken_over}

    def seal(
        self,
        *,
        number: int,
        parent: int | None,
        fingerprint: Mapping[str, str],
        records: Sequence[FileRecord],
        articles: int,
    ) -> None:
        """Write records and manifest and sync every file: the folder is generation `number`, ready to be published."""
        write_records(self.folder, records)
        new = [path for path in self.folder.iterdir() if path.name not in self._taken_over]
        files = self._taken_over | measure_all(new, self._sign)
        manifest = Manifest(
            number=number,
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            parent=parent,
            fingerprint=dict(fingerprint),
            articles=articles,
            index_files=dict(sorted(files.items())),
        )
        write_manifest(self.folder, manifest)
        for name in manifest.index_files:
            sync(self.folder / name)
        sync(self.folder / MANIFEST)
        sync(self.folder)

    def abandon(self) -> None:
        """Remove the folder, as far as the disk allows."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _spill(self) -> None:
        self._new_segments.append(self._write(self._batches))
        self._batches = []
        self._bytes = 0

    def _merge(self, segments: Sequence[ColumnarSegment], batches: Sequence[Batch] = ()) -> ColumnarSegment:
        return self._write([*(self._open(segment).batch() for segment in segments), *batches])

    def _open(self, segment: ColumnarSegment) -> OpenSegment:
        """The arrays of a segment, of the base or of the draft."""
        of_base = self._base is not None and f"{segment.segment_id()}.arrays" in self._base.files
        return segment.open_files(self._base.path if self._base and of_base else self.folder)

    def _write(self, batches: Sequence[Batch]) -> ColumnarSegment:
        batch = join(batches)
        segment = ColumnarSegment(len(batch.records), Grid(0, 0))
        write_segment(self.folder, segment.segment_id(), batch, self._analyzer)
        self._sign()
        return segment

    def _finish(self, segments: Sequence[ColumnarSegment]) -> None:
        """Take over segments of the base, write all impacts on a common grid, and write the table of contents.

        Files of no segment are removed.
        """
        totals = [self._open(segment).token_totals for segment in segments]
        grid = grid_of(*(sum(column) for column in zip(*totals, strict=True))) if totals else Grid(0, 0)
        finished = [segment.with_state(segment.deleted, grid) for segment in segments]
        names = {segment.segment_id() for segment in finished}
        needed = {f"{name}.{kind}" for name in names for kind in ("arrays", "words", "stems")}
        needed |= {impacts_name(name, grid) for name in names}
        if self._base:
            self._taken_over = take_over(self._base, sorted(needed & self._base.files.keys()), self.folder)
        for name in names:
            if not (self.folder / impacts_name(name, grid)).exists():
                write_impacts(self.folder, name, open_arrays(self.folder / f"{name}.arrays"), grid)
        for path in self.folder.iterdir():
            if path.name not in needed:
                path.unlink()
        write_segments(self.folder, make_schema(), finished)


class _BaseSegment:
    """A segment of the base, with the deletions of the draft."""

    def __init__(self, folder: Path, segment: ColumnarSegment) -> None:
        self._folder = folder
        self._segment = segment
        self._deleted = set(segment.deleted)

    def delete(self, article_id: str) -> bool:
        """Delete an article; returns whether the segment had the article."""
        docid = self._opened.find(article_id)
        if docid is None:
            return False
        self._deleted.add(docid)
        return True

    def state(self) -> ColumnarSegment:
        """The segment with all deletions."""
        return self._segment.with_state(self._deleted, Grid(*self._segment.grid))

    @cached_property
    def _opened(self) -> OpenSegment:
        return self._segment.open_files(self._folder)


def memory_of(batch: Batch) -> int:
    """Estimated memory of a batch before and during writing, in bytes."""
    content = sum(map(len, batch.texts)) + sum(map(len, batch.records))
    return BYTES_A_TOKEN * len(batch.tokens) + BYTES_AN_ARTICLE * len(batch.records) + COPIES_OF_CONTENT * content


def in_groups(items: Sequence[_Item], most: int) -> list[Sequence[_Item]]:
    """At most `most` groups of neighbouring items, of equal sizes give or take an item."""
    count = min(len(items), most)
    return [items[i * len(items) // count : (i + 1) * len(items) // count] for i in range(count)]


def segments_to_merge(sizes: Sequence[tuple[int, int]], written: int) -> list[int]:
    """Indexes of the segments to merge with `written` new documents; `sizes`: (live, all) documents of each segment.

    Chosen are segments with more than half deleted, segments no larger than the merge up to then, and further small
    segments beyond MOST_SEGMENTS. A document is merged again only into a segment at least twice as large: a small
    change costs little, and after n changes a document has been rewritten O(log n) times.
    """
    chosen = [i for i, (live, all_) in enumerate(sizes) if 2 * live < all_]
    total = written + sum(sizes[i][0] for i in chosen)
    by_size = sorted((i for i in range(len(sizes)) if i not in chosen), key=lambda i: sizes[i][0])
    for position, i in enumerate(by_size):
        remaining = len(by_size) - position
        if sizes[i][0] > total and remaining + (total > 0) <= MOST_SEGMENTS:
            break
        chosen.append(i)
        total += sizes[i][0]
    return chosen
