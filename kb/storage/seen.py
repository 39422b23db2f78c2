"""Findings of the last scan of the corpus without effect on articles: `seen.json` in the index folder.

A touched file, or an unreadable file with a new reason, is no cause for a new generation, and for emptying every cache;
but every build would read the file again. The new records of touched files are written
to `seen.json`, for the current generation. The loss of `seen.json` costs a second reading.

The file is checksummed JSON (`checked_json.py`). Formats: 1 - the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from kb.errors import IndexDamaged
from kb.storage.checked_json import encode_checked, read_checked
from kb.storage.durability import replace_durably
from kb.storage.generations import Generation
from kb.storage.records import FileRecord

SEEN = "seen.json"
SEEN_FORMAT = 1


class Seen(msgspec.Struct, frozen=True):
    """Differences from the records of a generation.

    number   of the generation
    created  of the generation, as in the manifest: numbers begin again in a new index folder
    files    new or changed records
    gone     paths of records without a file
    """

    number: int
    created: str
    files: tuple[FileRecord, ...]
    gone: tuple[str, ...]


def known_files(folder: Path, generation: Generation) -> dict[str, FileRecord]:
    """The newest record of every file of a generation, by path."""
    manifest = generation.manifest
    files = {file.path: file for file in generation.records}
    with suppress(IndexDamaged):
        seen = read_checked(folder / SEEN, Seen, SEEN_FORMAT)
        if (seen.number, seen.created) == (manifest.number, manifest.created):
            files |= {file.path: file for file in seen.files}
            for path in seen.gone:
                files.pop(path, None)
    return files


def remember(folder: Path, generation: Generation, files: Mapping[str, FileRecord]) -> None:
    """Store records for `known_files` to return, if the disk allows."""
    manifest = generation.manifest
    published = {file.path: file for file in generation.records}
    changed = tuple(file for path, file in files.items() if published.get(path) != file)
    gone = tuple(path for path in published if path not in files)
    with suppress(OSError):
        replace_durably(
            folder / SEEN, encode_checked(Seen(manifest.number, manifest.created, changed, gone), SEEN_FORMAT)
        )
