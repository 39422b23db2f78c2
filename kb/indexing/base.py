"""The base of a build: the newest generation that is whole, and how lately it was verified in full.

A build that publishes hashes every file of its base before anything is drafted: damage is never published as sound. A
build without changes, as a watcher makes each minute, hashes small files alone; and all files once in an hour, or where
a reader noted damage.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from kb.errors import IndexDamaged, IndexFailure
from kb.storage.checksums import deep_verify, quick_verify
from kb.storage.damage_notes import clear_notes, noted_damage
from kb.storage.generations import CURRENT, Generation, Generations
from kb.storage.lineages import Base, copies_in
from kb.storage.manifest import IndexFile

VERIFIED_SECONDS = 3600.0
"""Seconds after which the files of a generation are hashed again, even if nothing has changed."""


class BaseDamaged(IndexDamaged):
    """The base was found damaged after it was chosen; nothing has been drafted."""


class _Verified(NamedTuple):
    """A full verification: seal of the generation, time, and manifest entries of the files as hashed, by name."""

    seal: str
    time: float
    files: Mapping[str, IndexFile]


_last_verified: dict[Path, _Verified] = {}
"""The last full verification by this process in each index folder."""


class Bases:
    """The generations of an index folder as bases of one build."""

    def __init__(self, generations: Generations, kept: int, sign: Callable[[], None] = lambda: None) -> None:
        """
        kept  generations that stay after the build
        sign  called for each hashed file
        """
        self._generations = generations
        self._kept = kept
        self._sign = sign
        self._hashed: dict[Path, Mapping[str, IndexFile]] = {}
        """Manifest entries of the files of the generations hashed for this build, by folder and name."""

    def newest_whole(self) -> tuple[Generation | None, list[str]]:
        """The current generation or, if damaged, the newest whole older generation; with all damage."""
        damage: list[str] = []
        try:
            candidates = [self._generations.current(), *self._generations.older()]
        except IndexFailure as error:
            candidates = self._generations.all()
            if candidates or (self._generations.folder / CURRENT).exists():
                damage.append(str(error))
        for generation in candidates:
            try:
                self._verify(generation)
            except IndexFailure as error:
                damage.append(str(error))
            else:
                clear_notes(self._generations.folder)
                return generation, damage
        return None, damage

    def hashed(self, generation: Generation) -> Base:
        """The generation with every file hashed for this build; raises BaseDamaged."""
        try:
            files = self._hashed.get(generation.path) or self._verify_fully(generation)
        except IndexFailure as error:
            raise BaseDamaged(str(error)) from error
        if self._kept == 1:
            return Base(generation.path, files)
        others = [other for other in self._generations.all() if other.path != generation.path]
        return Base(generation.path, files, copies_in(others, files))

    def add(self, generation: Generation) -> None:
        """Count a generation just published as verified: its files were hashed and read back."""
        files = generation.manifest.index_files
        _last_verified[self._generations.folder] = _Verified(generation.seal, time.monotonic(), files)

    def _verify(self, generation: Generation) -> None:
        """Compare the files with the manifest, by hash if the last full verification is old; raises IndexFailure."""
        folder = self._generations.folder
        last = _last_verified.get(folder)
        is_recent = last and last.seal == generation.seal and time.monotonic() - last.time < VERIFIED_SECONDS
        if last and is_recent and generation.seal not in noted_damage(folder):
            quick_verify(generation, last.files)
        else:
            self._verify_fully(generation)

    def _verify_fully(self, generation: Generation) -> Mapping[str, IndexFile]:
        """Manifest entries of the files, all hashed now; raises IndexFailure."""
        _last_verified.pop(self._generations.folder, None)
        files = self._hashed[generation.path] = deep_verify(generation, self._sign)
        _last_verified[self._generations.folder] = _Verified(generation.seal, time.monotonic(), files)
        return files
