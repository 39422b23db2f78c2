"""Content of a generation: `manifest.json` in the folder, small however large the archive is.

The file is checksummed JSON (`checked_json.py`):

    number        of the generation
    created       UTC, ISO 8601
    parent        number of the base, the generation built upon; null for none
    fingerprint   versions by name (`fingerprint.py`)
    articles      count of the articles in the index
    index_files   for each file of the folder but the manifest: size, sha256, and inode and mtime_ns when hashed
    files         in format 1 alone: the content of `records.json` in later formats

Formats: 1 - the first; 2 - files are identified by inode and mtime, the records of the corpus have their own file.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from kb.storage.checked_json import Sealed, encode_checked, read_sealed
from kb.storage.records import FileRecord

FORMAT = 2
"""Part of the index's fingerprint: raise the number with any change of the JSON files, and extend the history above."""

MANIFEST = "manifest.json"


class IndexFile(msgspec.Struct, frozen=True):
    """A file of a generation: size and hash of the content, and identity of the file when hashed."""

    size: int
    sha256: str
    inode: int = 0
    mtime_ns: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything for readers to know about a generation."""

    number: int
    created: str
    parent: int | None
    fingerprint: dict[str, str]
    articles: int | None = None
    index_files: dict[str, IndexFile]
    files: tuple[FileRecord, ...] = ()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a generation's folder."""
    (folder / MANIFEST).write_bytes(encode_checked(manifest, FORMAT))


def read_manifest(folder: Path) -> Sealed[Manifest]:
    """The manifest of a generation's folder, with its seal.

    Raises IndexDamaged if the manifest is missing, damaged or of a newer format.
    """
    return read_sealed(folder / MANIFEST, Manifest, FORMAT)
