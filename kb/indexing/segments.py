"""Writing with Whoosh: the segment files and the table of contents of a generation that is being built.

Of Whoosh's writer only adding, deleting by term and committing are used, without compound files, which every searcher
would copy into its memory. A writer forgets what it was given in the same batch, so a caller adds an id once at most.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh import index
from whoosh.reading import SegmentReader

from kb.errors import IndexFailure, KbError
from kb.indexing.durability import link_or_copy
from kb.indexing.generations import Generation
from kb.indexing.manifest import IndexFile
from kb.indexing.schema import make_schema

MOST_SEGMENTS = 12
"""Segments of a generation at most: each one costs every query a look-up of every term."""

_LEFT_BY_WHOOSH = ("MAIN_WRITELOCK", "MAIN.tmp", "_MAIN_*.toc.*")


class Draft:
    """The folder of a generation that is not ready, open for writing."""

    def __init__(self, folder: Path, base: Generation | None) -> None:
        """A new folder; with `base` it starts as that generation, whose files it shares, else empty."""
        self.folder = folder
        self._base = base
        self._writer: Any = None
        try:
            folder.mkdir()
            if base:
                for name in base.manifest.index_files:
                    link_or_copy(base.path / name, folder / name)
            with _whoosh_at(folder):
                opened = index.open_dir(str(folder)) if base else index.create_in(str(folder), make_schema())
                self._writer = opened.writer(compound=False)
        except BaseException:
            self.abandon()
            raise

    def add(self, document: dict[str, Any]) -> None:
        """Nothing; the draft gets the document."""
        with _whoosh_at(self.folder, document["id"]):
            self._writer.add_document(**document)

    def delete(self, article_id: str) -> None:
        """Nothing; the draft loses every document of that id that was there when it was opened."""
        with _whoosh_at(self.folder, article_id):
            self._writer.delete_by_term("id", article_id)

    def commit(self) -> None:
        """Nothing; afterwards the folder is a Whoosh index of at most MOST_SEGMENTS segments and holds nothing else."""
        with _whoosh_at(self.folder):
            self._writer.commit(mergetype=_merge)
        for pattern in _LEFT_BY_WHOOSH:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

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
        """Nothing; the folder goes, as far as the disk allows it, and Whoosh lets go of its files."""
        if self._writer is not None and not self._writer.is_closed:
            with suppress(Exception):
                self._writer.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)


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


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    """The segments that stay; the others' documents go into the writer's own (a merge policy of Whoosh's `commit`)."""
    living = [segment for segment in segments if segment.doc_count()]
    sizes = [(segment.doc_count(), segment.doc_count_all()) for segment in living]
    chosen = set(segments_to_merge(sizes, writer.doc_count()))
    for i in sorted(chosen):
        # One segment at a time, as Whoosh's own policies do: of several at once it loses sorted columns.
        reader = SegmentReader(writer.storage, writer.schema, living[i])
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
    return [segment for i, segment in enumerate(living) if i not in chosen]


@contextmanager
def _whoosh_at(folder: Path, article_id: str | None = None) -> Iterator[None]:
    """A context in which whatever Whoosh raises, but for errors of the disk, becomes an IndexFailure."""
    try:
        yield
    except (OSError, KbError):
        raise
    except Exception as error:
        what = f"{article_id} in {folder}" if article_id else str(folder)
        raise IndexFailure(f"Whoosh cannot write {what}: {error!r}") from error
