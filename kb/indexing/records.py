"""What a generation knows of the corpus: a record of every file, `records.json` in its folder.

Only builds read it, to find what has changed; it grows with the archive, so nothing that a search needs is in it. The
file is sealed (`sealed.py`) and holds, as JSON, for each file of the corpus: path, size, mtime_ns (null: to be read
again in any case), digest of its bytes, articles (id, digest, and `kept` for an old version that stays because the file
cannot be read), skipped (reasons).

Where several files give an article of the same id, the one whose path sorts last has it; a kept version gives way.

Formats: 1 - the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from kb.indexing.checked_json import seal, unseal

RECORDS = "records.json"
RECORDS_FORMAT = 1

# There are as many of these as articles, and they hold no cycles: the garbage collector need not look at them.


class ArticleRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One article that a file gave; `kept`: it is an earlier version, for the file can no longer be read."""

    id: str
    digest: str
    kept: bool = False


class FileRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One file of the corpus, as it was when it was last read."""

    path: str
    size: int
    mtime_ns: int | None
    digest: str
    articles: tuple[ArticleRecord, ...] = ()
    skipped: tuple[str, ...] = ()


class Owned(msgspec.Struct, frozen=True, gc=False):
    """Which version of an article is in the index, and which file it came from."""

    path: str
    digest: str
    kept: bool


class _Records(msgspec.Struct, frozen=True):
    files: tuple[FileRecord, ...]


def owners(files: Iterable[FileRecord]) -> dict[str, Owned]:
    """For every id the version that is in the index: of several the one whose path sorts last, but a kept one last."""
    owned: dict[str, Owned] = {}
    for file in sorted(files, key=lambda file: file.path):
        for article in file.articles:
            if not article.kept or article.id not in owned or owned[article.id].kept:
                owned[article.id] = Owned(file.path, article.digest, article.kept)
    return owned


def write_records(folder: Path, files: Sequence[FileRecord]) -> None:
    """Afterwards the folder has the records."""
    (folder / RECORDS).write_bytes(seal(_Records(tuple(files)), RECORDS_FORMAT))


def read_records(folder: Path) -> tuple[FileRecord, ...]:
    """The records of a generation's folder; raises IndexDamaged if they are missing, damaged or of a newer format."""
    return unseal(folder / RECORDS, _Records, RECORDS_FORMAT).files
