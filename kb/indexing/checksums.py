"""Whether the files of a generation are, byte for byte, those that were published.

Readers call `quick_verify` before Whoosh opens a generation: Whoosh's table of contents and its stored fields are
pickles, and a damaged one may do worse than fail.
"""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from pathlib import Path
from typing import TypeAlias

from kb.errors import IndexDamaged
from kb.indexing.generations import Generation
from kb.indexing.manifest import MANIFEST, IndexFile

Identity: TypeAlias = tuple[int, int, int, int]
"""Device, inode, size and mtime: files that agree in them are one file, hard-linked, and unchanged."""

_hashed_here: dict[Identity, str] = {}
# Grows by one entry for each new file of a generation; the files of a service of years fit into a few megabytes.


def measure(path: Path, hashed: MutableMapping[Identity, str] = _hashed_here) -> IndexFile:
    """Size and sha256 of a file, which is hashed only if this process has not seen it before."""
    stat = path.stat()
    identity = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    digest = hashed.get(identity)
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        hashed[identity] = digest
    return IndexFile(stat.st_size, digest)


def quick_verify(generation: Generation, hashed: MutableMapping[Identity, str] = _hashed_here) -> None:
    """Nothing if the generation's files are those of its manifest; raises IndexDamaged naming the first that is not."""
    for problem in _problems(generation, hashed):
        raise IndexDamaged(problem)


def file_problems(generation: Generation) -> list[str]:
    """One sentence for each file that is missing, changed or not in the manifest; every file is hashed anew."""
    try:
        return _problems(generation, {})
    except IndexDamaged as error:
        return [str(error)]


def _problems(generation: Generation, hashed: MutableMapping[Identity, str]) -> list[str]:
    expected = generation.manifest.index_files
    try:
        present = {path.name for path in generation.path.iterdir()}
    except OSError as error:
        raise IndexDamaged(f"{generation.path} cannot be read: {error.strerror}") from error
    problems = [_difference(generation.path / name, file, hashed) for name, file in expected.items()]
    extra = sorted(present - expected.keys() - {MANIFEST})
    return [p for p in problems if p] + [f"{generation.path / name} is not in the manifest" for name in extra]


def _difference(path: Path, expected: IndexFile, hashed: MutableMapping[Identity, str]) -> str | None:
    try:
        size = path.stat().st_size
        if size != expected.size:
            return f"{path} has {size} bytes instead of {expected.size}"
        if measure(path, hashed).sha256 != expected.sha256:
            return f"{path} is damaged: its content does not fit its checksum"
    except FileNotFoundError:
        return f"{path} is missing"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return None
