"""Of what a generation consists: `manifest.json` in its folder, which is small however large the archive is.

The file is sealed (`sealed.py`) and holds, as JSON:

    number        of the generation
    created       UTC, ISO 8601
    parent        number of the generation it was built upon; null for none
    fingerprint   named parts, of which each change means a rebuild: schema, analysis, articles, layout, format
    articles      how many are in the index
    index_files   for each other file of the folder: size, sha256, and its inode and mtime_ns when they were verified
    files         in format 1 alone: what is in `records.json` since

Formats: 1 - the first; 2 - files are told by inode and mtime, the records of the corpus have a file of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from kb.indexing.checked_json import seal, unseal
from kb.indexing.records import FileRecord

FORMAT = 2
"""Part of the index's fingerprint: raise it with any change of these files, and extend the history above."""

MANIFEST = "manifest.json"


class IndexFile(msgspec.Struct, frozen=True):
    """One file of a generation, and which file of the disk it was when it had this content."""

    size: int
    sha256: str
    inode: int = 0
    mtime_ns: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a reader needs to know about a generation."""

    number: int
    created: str
    parent: int | None
    fingerprint: dict[str, str]
    articles: int | None = None
    index_files: dict[str, IndexFile]
    files: tuple[FileRecord, ...] = ()


def changed_parts(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """One phrase for each part of the fingerprint that changed: `schema changed from 1 to 2`."""
    names = [*now, *(name for name in before if name not in now)]
    return [
        f"{name} changed from {before.get(name, 'nothing')} to {now.get(name, 'nothing')}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Afterwards the folder has the manifest."""
    (folder / MANIFEST).write_bytes(seal(manifest, FORMAT))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation's folder; raises IndexDamaged if it is missing, damaged or of a newer format."""
    return unseal(folder / MANIFEST, Manifest, FORMAT)
