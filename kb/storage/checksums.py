"""Comparison of a generation's files, byte for byte, with the checksums in the manifest.

Readers call `quick_verify` before Whoosh opens a generation: the table of contents is a pickle, and a damaged pickle
may do worse than fail. A large file with the inode, size and mtime of the file hashed for publishing is not hashed
again: an archive of any size opens in the same time. A change without the file system's knowledge, as of a disk that
fails, is found by `deep_verify` and `file_problems` alone. A want of descriptors or memory is no damage: an OSError.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from kb.cores import usable_cores
from kb.errors import IndexDamaged
from kb.storage.damage_notes import noted_damage
from kb.storage.fingerprint import layout_problem
from kb.storage.generations import Generation
from kb.storage.manifest import MANIFEST, IndexFile, Manifest
from kb.storage.regular_files import damage_or_want

ALWAYS_HASHED = 1_000_000
"""Size in bytes of the largest file hashed at every opening, in less than a millisecond."""

_PIECE = 1 << 18
"""Bytes hashed at a time: fewer than a processor's cache holds."""

_TRUSTED_BY_READERS = {".toc", ".words", ".stems"}
"""Suffixes of files hashed at every opening: pickles, and tries, which C++ reads without checks."""

_Trust: TypeAlias = Callable[[Path, os.stat_result], bool]
"""Whether a file, given by path and stat, need not be hashed."""


def measure(path: Path, pause: Callable[[float], None] = lambda _: None) -> IndexFile:
    """Manifest entry of a file, hashed now; `pause` is called after each piece with the seconds that it took."""
    stat = path.stat()
    digest = hashlib.sha256()
    piece = memoryview(bytearray(_PIECE))
    with path.open("rb", buffering=0) as file:
        started = time.monotonic()
        while read := file.readinto(piece):
            digest.update(piece[:read])
            pause(time.monotonic() - started)
            started = time.monotonic()
    return IndexFile(stat.st_size, digest.hexdigest(), stat.st_ino, stat.st_mtime_ns)


def measure_all(paths: Iterable[Path], sign: Callable[[], None] = lambda: None) -> dict[str, IndexFile]:
    """Manifest entries of files by name, hashed by as many threads as cores; hashing holds no lock of Python's.

    `sign` is called for each file.
    """
    entries: dict[str, IndexFile] = {}
    with ThreadPoolExecutor(usable_cores(), "hashing") as pool:
        for path, future in [(path, pool.submit(measure, path)) for path in paths]:
            entries[path.name] = future.result()
            sign()
    return entries


def quick_verify(generation: Generation, known: Mapping[str, IndexFile] | None = None) -> None:
    """Compare the files with the manifest; small files, tables of contents, tries and changed files are hashed.

    known  manifest entries of files as hashed before, by name: the same file is not hashed again

    A generation noted as damaged is hashed in full. Raises IndexDamaged with the first problem, and if another version
    of kb made the segments.
    """
    if problem := layout_problem(generation):
        raise IndexDamaged(problem)
    if generation.seal in noted_damage(generation.path.parent):
        deep_verify(generation)
        return
    trusted = _as_hashed(generation.manifest, known or {})
    problems = _problems(generation, lambda path, expected: _difference(path, expected, trusted))
    if problems:
        raise IndexDamaged(problems[0])


def deep_verify(generation: Generation, sign: Callable[[], None] = lambda: None) -> dict[str, IndexFile]:
    """Manifest entries of the files by name, all hashed now; raises IndexDamaged with the first problem.

    `sign` is called for each file.
    """
    if problems := _problems_by_hash(generation, sign):
        raise IndexDamaged(problems[0])
    return {name: _as_found(generation.path / name, file) for name, file in generation.manifest.index_files.items()}


def slow_verify(generation: Generation, pause: Callable[[float], None]) -> None:
    """Compare the files with the manifest by hash, one after the other, with pauses as in `measure`.

    Raises IndexDamaged with the first problem. The content is read as it is mapped, from the same pages of memory.
    """
    problems = _problems(generation, lambda path, expected: _difference(path, expected, pause=pause))
    if problems:
        raise IndexDamaged(problems[0])


def file_problems(generation: Generation) -> list[str]:
    """A sentence for each file that is missing, changed or not in the manifest; every file is hashed."""
    try:
        return _problems_by_hash(generation)
    except IndexDamaged as error:
        return [str(error)]


def is_same_file(stat: os.stat_result, file: IndexFile) -> bool:
    """Whether a file is, by inode, size and mtime, the file of a manifest entry."""
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) == (file.inode, file.size, file.mtime_ns)


def _problems_by_hash(generation: Generation, sign: Callable[[], None] = lambda: None) -> list[str]:
    with ThreadPoolExecutor(usable_cores(), "hashing") as pool:
        files = generation.manifest.index_files
        started = {name: pool.submit(_difference, generation.path / name, file) for name, file in files.items()}

        def difference(path: Path, _: IndexFile) -> str | None:
            sign()
            return started[path.name].result()

        return _problems(generation, difference)


def _problems(generation: Generation, difference: Callable[[Path, IndexFile], str | None]) -> list[str]:
    expected = generation.manifest.index_files
    try:
        present = {path.name for path in generation.path.iterdir()}
    except OSError as error:
        raise damage_or_want(generation.path, error) from error
    problems = [difference(generation.path / name, file) for name, file in expected.items()]
    extra = sorted(present - expected.keys() - {MANIFEST})
    return [p for p in problems if p] + [f"{generation.path / name} is not in the manifest" for name in extra]


def _difference(
    path: Path,
    expected: IndexFile,
    trusted: _Trust = lambda *_: False,
    pause: Callable[[float], None] = lambda _: None,
) -> str | None:
    try:
        stat = path.stat()
        if stat.st_size != expected.size:
            return f"{path} has {stat.st_size} bytes instead of {expected.size}"
        if not trusted(path, stat) and measure(path, pause).sha256 != expected.sha256:
            return f"{path} is damaged: its content does not fit its checksum"
    except FileNotFoundError:
        return f"{path} is missing"
    except OSError as error:
        problem = damage_or_want(path, error)
        if problem is error:
            raise
        return str(problem)
    return None


def _as_hashed(manifest: Manifest, known: Mapping[str, IndexFile]) -> _Trust:
    """Trust in large files that are the file hashed for publishing, or the known file of the same content."""

    def trusted(path: Path, stat: os.stat_result) -> bool:
        if stat.st_size <= ALWAYS_HASHED or path.suffix in _TRUSTED_BY_READERS:
            return False
        published, hashed = manifest.index_files[path.name], known.get(path.name)
        is_known = hashed is not None and hashed.sha256 == published.sha256 and is_same_file(stat, hashed)
        return is_known or is_same_file(stat, published)

    return trusted


def _as_found(path: Path, file: IndexFile) -> IndexFile:
    """A manifest entry with the present identity of the file."""
    stat = path.stat()
    return IndexFile(file.size, file.sha256, stat.st_ino, stat.st_mtime_ns)
