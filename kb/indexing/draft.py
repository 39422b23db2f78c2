"""Draft of a generation: new articles become segments, small segments are merged, records and manifest come last.

The memory of a build does not grow with the archive: batches are written as a segment at more than `memory_mb`,
and a merge holds no more than the segments merged. To keep merges small, the new segments of a large build are first
merged in groups of like size, each a fraction of all new articles; `segments_to_merge` decides on the rest.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from kb.errors import IndexFailure
from kb.segments.arrays import open_arrays
from kb.segments.batch import Batch, join
from kb.segments.impacts import Grid, grid_of, impacts_name, write_impacts
from kb.segments.layout import write_segment
from kb.segments.schema import make_schema
from kb.segments.segment import OpenSegment
from kb.segments.whoosh_toc import ColumnarSegment, read_segments, write_segments
from kb.storage.checksums import measure
from kb.storage.durability import link_or_copy, sync
from kb.storage.generations import Generation
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
    """A new folder, which begins with links to the files of the `base`, or empty without a base."""

    def __init__(self, folder: Path, base: Generation | None, analyzer: Analyzer, memory_mb: int = 512) -> None:
        self.folder = folder
        self._base = base
        self._analyzer = analyzer
        self._max_bytes = memory_mb * 1_000_000
        self._batches: list[Batch] = []
        self._bytes = 0
        self._new_segments: list[ColumnarSegment] = []
        self._base_segments: list[_BaseSegment] = []
        try:
            folder.mkdir()
            if base:
                self._share(base)
        except BaseException:
            self.abandon()
            raise

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

    def shared(self) -> dict[str, IndexFile]:
        """Files of the base still linked in the folder, by name, as in the base's manifest."""
        if self._base is None:
            return {}
        return {
            name: file
            for name, file in self._base.manifest.index_files.items()
            if (self.folder / name).exists() and (self.folder / name).samefile(self._base.path / name)
        }

    def seal(
        self,
        *,
        number: int,
        parent: int | None,
        fingerprint: Mapping[str, str],
        records: Sequence[FileRecord],
        articles: int,
    ) -> None:
        """Write records and manifest and sync every file: the folder is generation `number`, ready to be published.

        Raises IndexFailure if a shared file is not as the base's manifest says.
        """
        write_records(self.folder, records)
        shared = self.shared()
        manifest = Manifest(
            number=number,
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            parent=parent,
            fingerprint=dict(fingerprint),
            articles=articles,
            index_files={path.name: _measured(path, shared) for path in sorted(self.folder.iterdir())},
        )
        write_manifest(self.folder, manifest)
        for name in [name for name in manifest.index_files if name not in shared]:
            sync(self.folder / name)
        sync(self.folder / MANIFEST)
        sync(self.folder)

    def abandon(self) -> None:
        """Remove the folder, as far as the disk allows."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _share(self, base: Generation) -> None:
        for name in base.manifest.index_files:
            link_or_copy(base.path / name, self.folder / name)
        self._base_segments = [_BaseSegment(self.folder, segment) for segment in read_segments(self.folder)]

    def _spill(self) -> None:
        self._new_segments.append(self._write(self._batches))
        self._batches = []
        self._bytes = 0

    def _merge(self, segments: Sequence[ColumnarSegment], batches: Sequence[Batch] = ()) -> ColumnarSegment:
        return self._write([*(segment.open_files(self.folder).batch() for segment in segments), *batches])

    def _write(self, batches: Sequence[Batch]) -> ColumnarSegment:
        batch = join(batches)
        segment = ColumnarSegment(len(batch.records), Grid(0, 0))
        write_segment(self.folder, segment.segment_id(), batch, self._analyzer)
        return segment

    def _finish(self, segments: Sequence[ColumnarSegment]) -> None:
        """Write all segments' impacts on a common grid, remove files of no segment, write the table of contents."""
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


def _measured(path: Path, shared: Mapping[str, IndexFile]) -> IndexFile:
    """Manifest entry of a file. A changed shared file is an error, or damage would be published as sound."""
    measured = measure(path)
    if path.name in shared and shared[path.name].sha256 != measured.sha256:
        raise IndexFailure(f"{path} was changed while it was built upon")
    return measured


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
