"""The index folder: all generations, and the current generation.

    index/CURRENT           three lines: the name of the published generation, `gen-7`; `newest 9`, the highest number
                            ever published; `crc32 1a2b3c4d` of the lines before. A person who writes the file by hand
                            may leave out the last two
    index/gen-<number>/     a published generation: a Whoosh index, `manifest.json` and `records.json`; never written
                            to again
    index/building-<number> the draft of a generation
    index/removing-<number> a generation during removal
    index/seen.json         findings of the last build without changed articles (`seen.py`)
    index/rollback.json     hold of a rollback (`hold.py`)
    index/watch.json        state of the watcher (`watch_state.py`)
    index/reading/          the files at work in each reading process, during a build (`indexing/notes.py`)
    index/suspects.json     files that ended the process that read them, if any (`indexing/suspects.py`)
    index/damaged           seals of generations that readers found damaged (`damage_notes.py`)
    index/.lock             lock of the builder (`lock.py`)

A generation is published by renaming a new CURRENT over the old file. Unpublished folders are leftovers of interrupted
builds, for the next build to remove.

Numbers begin at 1 again in a new index folder: the content of a generation is known by the seal, the digest of its
manifest, and not by the name.

Formats: FORMAT in `manifest.py` covers all files above.
"""

from __future__ import annotations

import os
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kb.errors import IndexDamaged, IndexFailure, NoIndex
from kb.storage.checked_json import Sealed, seal_bytes
from kb.storage.durability import remove_folder, replace_durably, sync
from kb.storage.manifest import MANIFEST, Manifest, read_manifest
from kb.storage.records import RECORDS, FileRecord, read_records
from kb.storage.regular_files import read_regular

CURRENT = "CURRENT"
_NAME = re.compile(r"gen-([1-9][0-9]*)")
_LEFTOVERS = ("building-*", "removing-*", "*.tmp")

_MOST_BYTES = 200
"""More than the bytes of CURRENT: whatever lies in its place is not read into memory."""


@dataclass(frozen=True)
class Generation:
    """A complete state of the index, in a folder of the same name."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def number(self) -> int:
        return int(self.path.name.removeprefix("gen-"))

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest; raises IndexDamaged if unreadable or the manifest of another generation."""
        return self._sealed.content

    @property
    def seal(self) -> str:
        """Digest of the manifest, hence of every file: the same for equal content alone; raises as `manifest`."""
        return self._sealed.seal

    @cached_property
    def _sealed(self) -> Sealed[Manifest]:
        sealed = read_manifest(self.path)
        if sealed.content.number != self.number:
            raise IndexDamaged(f"{self.path / MANIFEST} is that of generation {sealed.content.number}")
        return sealed

    @cached_property
    def records(self) -> tuple[FileRecord, ...]:
        """Records of the corpus's files at the time of the build; raises IndexDamaged if unreadable."""
        manifest = self.manifest
        return read_records(self.path) if RECORDS in manifest.index_files else manifest.files


@dataclass(frozen=True)
class Generations:
    """The generations of an index folder."""

    folder: Path

    def current(self) -> Generation:
        """The published generation.

        Raises NoIndex if nothing was ever published, and IndexDamaged if CURRENT is lost or damaged, or the generation
        is missing or has a damaged manifest.
        """
        if not self.folder.is_dir():
            raise NoIndex(f"there is no index folder {self.folder}; make one with: kb index")
        generation = Generation(self.folder / self._pointer()[0])
        try:
            if not generation.path.is_dir():
                raise IndexDamaged(f"{self.folder / CURRENT} names {generation.name}, which is missing")
            _ = generation.manifest
        except IndexDamaged:
            # Where only one generation is kept, a build may have replaced it between the two looks.
            if self._pointer()[0] == generation.name:
                raise
            return self.current()
        return generation

    def stamp(self) -> tuple[bytes, bytes]:
        """Content of CURRENT and seal of the generation named there, each empty if unreadable; read in microseconds.

        A new folder under the same path may have the names, inodes and times of the old one, but not the seals.
        """
        pointer = b""
        try:
            pointer = self._read_pointer()
            name, _ = _parse(self.folder / CURRENT, pointer)
        except (FileNotFoundError, IndexDamaged):
            return pointer, b""
        return pointer, seal_bytes(self.folder / name / MANIFEST)

    def all(self) -> list[Generation]:
        """Every published generation, the newest first; their content is not read."""
        newest = self.newest_published()
        return [g for g in self._listed() if newest is None or g.number <= newest]

    def older(self) -> list[Generation]:
        """Generations older than the current one, the newest first; every generation if CURRENT cannot be read."""
        try:
            current = Generation(self.folder / self._pointer()[0]).number
        except IndexFailure:
            return self.all()
        return [g for g in self.all() if g.number < current]

    def newest_published(self) -> int | None:
        """The highest number ever published; None if CURRENT is missing, damaged or without the number."""
        try:
            return self._pointer()[1]
        except IndexFailure:
            return None

    def next_number(self) -> int:
        """One more than the highest number of a folder or a publication."""
        return 1 + max([g.number for g in self._listed()] + [self.newest_published() or 0])

    def publish(self, building: Path, number: int) -> Generation:
        """Rename a finished draft to generation `number`, the new current generation."""
        generation = Generation(self.folder / f"gen-{number}")
        building.rename(generation.path)
        sync(self.folder)
        self.make_current(generation)
        return generation

    def make_current(self, generation: Generation) -> None:
        """Let CURRENT name the generation."""
        # Where CURRENT is lost, every generation in the folder counts as published, and is to stay so.
        listed = [published.number for published in self.all()]
        newest = max([generation.number, self.newest_published() or 0, *listed])
        lines = f"{generation.name}\nnewest {newest}\n".encode()
        pointer = self.folder / CURRENT
        if pointer.is_dir():
            # Only an accident makes a folder of it, and no file can be renamed over a folder.
            remove_folder(pointer)
        replace_durably(pointer, lines + b"crc32 %08x\n" % zlib.crc32(lines))

    def prune(self, keep: int) -> None:
        """Remove all but `keep` generations: the current generation and the newest of the rest.

        A failed removal is tried again by the next build.
        """
        current = self.current().number
        rest = [g for g in self.all() if g.number != current]
        for generation in rest[max(keep, 1) - 1 :]:
            # Renamed first: a folder half removed must not look like a generation.
            removing = self.folder / f"removing-{generation.number}"
            with suppress(OSError):
                generation.path.rename(removing)
                remove_folder(removing)

    def clear_leftovers(self) -> None:
        """Remove the leftovers of interrupted builds; for the holder of the builder's lock only."""
        for pattern in _LEFTOVERS:
            for path in self.folder.glob(pattern):
                remove_folder(path)
        newest = self.newest_published()
        for generation in self._listed():
            if newest is not None and generation.number > newest:
                remove_folder(generation.path)

    def _listed(self) -> list[Generation]:
        """Every folder with the name of a generation, the newest first."""
        try:
            names = [name for name in os.listdir(self.folder) if _NAME.fullmatch(name)]  # noqa: PTH208 - names only
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise IndexDamaged(f"{self.folder} cannot be listed: {error.strerror}") from error
        return sorted((Generation(self.folder / name) for name in names), key=lambda g: g.number, reverse=True)

    def _pointer(self) -> tuple[str, int | None]:
        """Name of the current generation and highest published number, from CURRENT."""
        try:
            return _parse(self.folder / CURRENT, self._read_pointer())
        except FileNotFoundError:
            if self._listed():
                raise IndexDamaged(f"{self.folder / CURRENT} is missing") from None
            raise NoIndex(f"nothing has been published in {self.folder}; build the index with: kb index") from None

    def _read_pointer(self) -> bytes:
        """The first bytes of CURRENT; raises FileNotFoundError, and IndexDamaged if unreadable."""
        return read_regular(self.folder / CURRENT, _MOST_BYTES)


def _parse(path: Path, content: bytes) -> tuple[str, int | None]:
    first, ended, rest = content.decode("ascii", "replace").partition("\n")
    if not _NAME.fullmatch(first) or not ended:
        raise IndexDamaged(f"{path} names no generation")
    if not rest:
        return first, None
    body, _, check = content.rpartition(b"crc32 ")
    newest = re.fullmatch(r"newest ([0-9]+)\n", body.decode("ascii", "replace").removeprefix(f"{first}\n"))
    if check != b"%08x\n" % zlib.crc32(body) or newest is None:
        raise IndexDamaged(f"{path} is damaged: its content does not fit its checksum")
    return first, int(newest[1])
