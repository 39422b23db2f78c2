"""Comparison of a generation's files, byte for byte, with the checksums in the manifest.

Readers call `quick_verify` before Whoosh opens a generation: the table of contents is a pickle, and a damaged pickle
may do worse than fail. A large file with the inode, size and mtime of the file hashed for publishing is not hashed
again: an archive of any size opens in the same time. A change without the file system's knowledge is found by
`file_problems` alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import TypeAlias

from kb.errors import IndexDamaged, IndexFailure
from kb.storage.fingerprint import layout_problem
from kb.storage.generations import CURRENT, Generation, Generations
from kb.storage.manifest import MANIFEST, IndexFile

ALWAYS_HASHED = 1_000_000
"""Size in bytes of the largest file hashed at every opening, in less than a millisecond."""

_TRUSTED_BY_READERS = {".toc", ".words", ".stems"}
"""Suffixes of files hashed at every opening: pickles, and tries, which C++ reads without checks."""

Identity: TypeAlias = tuple[int, int, int, int]
"""Device, inode, size and mtime (ns): paths with equal identities are links to the same unchanged file."""

_hashed_here: dict[Identity, str] = {}
"""SHA-256 of the files hashed by this process: an entry for each file of a generation, a few megabytes in years."""


def measure(path: Path, hashed: MutableMapping[Identity, str] = _hashed_here) -> IndexFile:
    """Manifest entry of a file, hashed at most once by a process."""
    stat = path.stat()
    identity = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    digest = hashed.get(identity)
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        hashed[identity] = digest
    return IndexFile(stat.st_size, digest, stat.st_ino, stat.st_mtime_ns)


def quick_verify(generation: Generation, hashed: MutableMapping[Identity, str] = _hashed_here) -> None:
    """Compare the files with the manifest; small files, tables of contents, copies and changed files are hashed.

    Raises IndexDamaged with the first problem, and if another version of kb made the segments.
    """
    if problem := layout_problem(generation):
        raise IndexDamaged(problem)
    for problem in _problems(generation, hashed, trusted=_is_as_published):
        raise IndexDamaged(problem)


def deep_verify(generation: Generation, hashed: MutableMapping[Identity, str] = _hashed_here) -> None:
    """Compare the files with the manifest, all by hash; raises IndexDamaged with the first problem."""
    for problem in _problems(generation, hashed):
        raise IndexDamaged(problem)


def newest_intact(generations: Generations) -> tuple[Generation | None, list[str]]:
    """The current generation or, if damaged, the newest intact older generation; with all damage."""
    damage: list[str] = []
    try:
        candidates = [generations.current(), *generations.older()]
    except IndexFailure as error:
        candidates = generations.all()
        if candidates or (generations.folder / CURRENT).exists():
            damage.append(str(error))
    for generation in candidates:
        try:
            deep_verify(generation)
        except IndexFailure as error:
            damage.append(str(error))
        else:
            return generation, damage
    return None, damage


def file_problems(generation: Generation) -> list[str]:
    """A sentence for each file that is missing, changed or not in the manifest; every file is hashed anew."""
    try:
        return _problems(generation, {})
    except IndexDamaged as error:
        return [str(error)]


def _problems(
    generation: Generation,
    hashed: MutableMapping[Identity, str],
    trusted: Callable[[Path, os.stat_result, IndexFile], bool] = lambda *_: False,
) -> list[str]:
    expected = generation.manifest.index_files
    try:
        present = {path.name for path in generation.path.iterdir()}
    except OSError as error:
        raise IndexDamaged(f"{generation.path} cannot be read: {error.strerror}") from error
    problems = [_difference(generation.path / name, file, hashed, trusted) for name, file in expected.items()]
    extra = sorted(present - expected.keys() - {MANIFEST})
    return [p for p in problems if p] + [f"{generation.path / name} is not in the manifest" for name in extra]


def _difference(
    path: Path,
    expected: IndexFile,
    hashed: MutableMapping[Identity, str],
    trusted: Callable[[Path, os.stat_result, IndexFile], bool],
) -> str | None:
    try:
        stat = path.stat()
        if stat.st_size != expected.size:
            return f"{path} has {stat.st_size} bytes instead of {expected.size}"
        if not trusted(path, stat, expected) and measure(path, hashed).sha256 != expected.sha256:
            return f"{path} is damaged: its content does not fit its checksum"
    except FileNotFoundError:
        return f"{path} is missing"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return None


def _is_as_published(path: Path, stat: os.stat_result, expected: IndexFile) -> bool:
    same_file = (stat.st_ino, stat.st_mtime_ns) == (expected.inode, expected.mtime_ns)
    return same_file and stat.st_size > ALWAYS_HASHED and path.suffix not in _TRUSTED_BY_READERS
