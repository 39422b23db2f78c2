"""What the last look at the corpus found that changed no article: `index/seen.json`.

A file that was touched, or that is unreadable for another reason than before, is no cause for a new generation, which
would empty every cache that goes by its name; but it should not be read again by every build either. So what is new
about such files is written here, for the generation that is current. Losing this file costs a second reading.

The file is sealed (`sealed.py`). Formats: 1 - the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from kb.errors import IndexDamaged
from kb.indexing.checked_json import seal, unseal
from kb.indexing.durability import replace_durably
from kb.indexing.generations import Generation
from kb.indexing.records import FileRecord

SEEN = "seen.json"
SEEN_FORMAT = 1


class Seen(msgspec.Struct, frozen=True):
    """The files whose record is another than in the records of a generation, and the paths that are gone."""

    number: int
    created: str
    files: tuple[FileRecord, ...]
    gone: tuple[str, ...]


def known_files(folder: Path, generation: Generation) -> dict[str, FileRecord]:
    """The newest record of every file of a generation, by path."""
    manifest = generation.manifest
    files = {file.path: file for file in generation.records}
    with suppress(IndexDamaged):
        seen = unseal(folder / SEEN, Seen, SEEN_FORMAT)
        if (seen.number, seen.created) == (manifest.number, manifest.created):
            files |= {file.path: file for file in seen.files}
            for path in seen.gone:
                files.pop(path, None)
    return files


def remember(folder: Path, generation: Generation, files: Mapping[str, FileRecord]) -> None:
    """Afterwards `known_files` gives these, if the disk allows it."""
    manifest = generation.manifest
    published = {file.path: file for file in generation.records}
    news = tuple(file for path, file in files.items() if published.get(path) != file)
    gone = tuple(path for path in published if path not in files)
    with suppress(OSError):
        replace_durably(folder / SEEN, seal(Seen(manifest.number, manifest.created, news, gone), SEEN_FORMAT))
