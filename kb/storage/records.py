"""Records of the corpus's files: `records.json` in a generation's folder, read by builds alone, to find changes.

The file is checksummed JSON (`checked_json.py`) with a record for each file of the corpus: path, size, mtime_ns (null:
to be read again in any case), digest of the bytes, articles (id, digest, and `kept` for an earlier version, in an
unreadable file), skipped (reasons). Searches read no records, which grow with the archive.

Of several files with an article of the same id, the file with the last path owns the id; a kept version gives way.

Formats: 1 - the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from kb.storage.checked_json import encode_checked, read_checked

RECORDS = "records.json"
RECORDS_FORMAT = 1

# `gc=False`: records are as many as articles and hold no cycles, so the garbage collector need not visit them.


class ArticleRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An article of a file; `kept`: an earlier version, for the file can no longer be read."""

    id: str
    digest: str
    kept: bool = False


class FileRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A file of the corpus as last read."""

    path: str
    size: int
    mtime_ns: int | None
    digest: str
    articles: tuple[ArticleRecord, ...] = ()
    skipped: tuple[str, ...] = ()


class Owned(msgspec.Struct, frozen=True, gc=False):
    """The indexed version of an article, and the file owning the id."""

    path: str
    digest: str
    kept: bool


class _Records(msgspec.Struct, frozen=True):
    files: tuple[FileRecord, ...]


def owners(files: Iterable[FileRecord]) -> dict[str, Owned]:
    """The indexed version of every id: the version with the last path; a kept version only if alone."""
    owned: dict[str, Owned] = {}
    for file in sorted(files, key=lambda file: file.path):
        for article in file.articles:
            if not article.kept or article.id not in owned or owned[article.id].kept:
                owned[article.id] = Owned(file.path, article.digest, article.kept)
    return owned


def write_records(folder: Path, files: Sequence[FileRecord]) -> None:
    """Write the records into a generation's folder."""
    (folder / RECORDS).write_bytes(encode_checked(_Records(tuple(files)), RECORDS_FORMAT))


def read_records(folder: Path) -> tuple[FileRecord, ...]:
    """The records of a generation's folder; raises IndexDamaged if missing, damaged or of a newer format."""
    return read_checked(folder / RECORDS, _Records, RECORDS_FORMAT).files
