"""The record of what a generation was made from and of what it consists: `manifest.json` in its folder.

The file is sealed (`sealed.py`) and holds, as JSON:

    number        of the generation
    created       UTC, ISO 8601
    parent        number of the generation it was built upon; null for none
    fingerprint   named parts, of which each change means a rebuild: schema, analysis, articles, format
    files         for each file of the corpus: path, size, mtime_ns (null: to be read again in any case), digest of its
                  bytes, articles (id, digest, and `kept` for an old version that stays because the file cannot be
                  read), skipped (reasons)
    index_files   for each other file of the folder: size, sha256

Where several files give an article of the same id, the one whose path sorts last has it; a kept version gives way.

Formats: 1 - the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from kb.indexing.sealed import seal, unseal

FORMAT = 1
"""Part of the index's fingerprint: raise it with any change of the layout on disk, and extend the history above."""

MANIFEST = "manifest.json"


class ArticleRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One article that a file gave; `kept`: it is an earlier version, for the file can no longer be read."""

    id: str
    digest: str
    kept: bool = False


class FileRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of the corpus, as it was when it was last read."""

    path: str
    size: int
    mtime_ns: int | None
    digest: str
    articles: tuple[ArticleRecord, ...] = ()
    skipped: tuple[str, ...] = ()


class IndexFile(msgspec.Struct, frozen=True):
    """One file of a generation."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known about a generation."""

    number: int
    created: str
    parent: int | None
    fingerprint: dict[str, str]
    files: tuple[FileRecord, ...]
    index_files: dict[str, IndexFile]


class Owned(msgspec.Struct, frozen=True):
    """Which version of an article is in the index, and which file it came from."""

    path: str
    digest: str
    kept: bool


def owners(files: Iterable[FileRecord]) -> dict[str, Owned]:
    """For every id the version that is in the index: of several the one whose path sorts last, but a kept one last."""
    owned: dict[str, Owned] = {}
    for file in sorted(files, key=lambda file: file.path):
        for article in file.articles:
            if not article.kept or article.id not in owned or owned[article.id].kept:
                owned[article.id] = Owned(file.path, article.digest, article.kept)
    return owned


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
