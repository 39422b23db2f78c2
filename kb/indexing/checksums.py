"""Whether the files of a generation are, byte for byte, those that were published.

Readers call `quick_verify` before Whoosh opens a generation: its table of contents is a pickle, and a damaged one may
do worse than fail. A large file that is still the very file that was hashed when it was published, by inode, size and
time of change, is not hashed again, so to open an archive takes the same time whatever its size. What a disk changes
without the file system's knowledge only `file_problems` finds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import TypeAlias

from kb.errors import IndexDamaged
from kb.indexing.generations import Generation
from kb.indexing.manifest import MANIFEST, IndexFile

ALWAYS_HASHED = 1_000_000
"""Bytes up to which a file is hashed at every opening: that costs less than a millisecond."""

Identity: TypeAlias = tuple[int, int, int, int]
"""Device, inode, size and mtime: files that agree in them are one file, hard-linked, and unchanged."""

_hashed_here: dict[Identity, str] = {}
# Grows by one entry for each new file of a generation; the files of a service of years fit into a few megabytes.


def measure(path: Path, hashed: MutableMapping[Identity, str] = _hashed_here) -> IndexFile:
    """A file as it is to be recorded; it is hashed only if this process has not seen it before."""
    stat = path.stat()
    identity = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    digest = hashed.get(identity)
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        hashed[identity] = digest
    return IndexFile(stat.st_size, digest, stat.st_ino, stat.st_mtime_ns)


def quick_verify(generation: Generation, hashed: MutableMapping[Identity, str] = _hashed_here) -> None:
    """Nothing if the files are those of the manifest, as far as a look at them and the hashes of some can tell.

    Raises IndexDamaged naming the first that is not. Small files, tables of contents and files that were copied,
    restored or written to since they were published are hashed.
    """
    for problem in _problems(generation, hashed, trusted=_is_the_one_published):
        raise IndexDamaged(problem)


def deep_verify(generation: Generation, hashed: MutableMapping[Identity, str] = _hashed_here) -> None:
    """The same, but every file is hashed that this process has not hashed before."""
    for problem in _problems(generation, hashed):
        raise IndexDamaged(problem)


def file_problems(generation: Generation) -> list[str]:
    """One sentence for each file that is missing, changed or not in the manifest; every file is hashed anew."""
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


def _is_the_one_published(path: Path, stat: os.stat_result, expected: IndexFile) -> bool:
    as_published = (stat.st_ino, stat.st_mtime_ns) == (expected.inode, expected.mtime_ns)
    return as_published and stat.st_size > ALWAYS_HASHED and path.suffix != ".toc"
