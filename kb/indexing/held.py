"""A rollback in force: whether the corpus is still the corpus of the generation rolled back from."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from kb.article import Corpus, SourceFile
from kb.errors import IndexDamaged
from kb.indexing.plan import make_plan, trusted_mtime
from kb.storage.generations import Generation
from kb.storage.hold import Hold, hold_of, write_hold
from kb.storage.records import FileRecord

_FOR_READERS = ("schema", "analysis", "layout")
"""Parts of the fingerprint behind every search: a generation with a difference here cannot be held."""


def holding(
    folder: Path, generation: Generation | None, fingerprint: Mapping[str, str], damage: Sequence[str]
) -> Hold | None:
    """The hold of a generation to build upon; None also for a generation damaged or of no use to readers."""
    if generation is None or damage:
        return None
    before = generation.manifest.fingerprint
    if any(before.get(part) != fingerprint.get(part) for part in _FOR_READERS):
        return None
    with suppress(IndexDamaged):
        return hold_of(folder, generation)
    return None


def still_holds(folder: Path, hold: Hold, corpus: Corpus, scanned: Sequence[SourceFile | tuple[str, str]]) -> bool:
    """Whether a scan found the corpus of the hold unchanged; new times of unchanged files are stored with the hold."""
    known = {file.path: file for file in hold.files}
    plan = make_plan(known, scanned, everything=False)
    touched: dict[str, FileRecord] = {}
    if known.keys() != plan.unread.keys() | {source.path for source in plan.read}:
        return False
    for source in plan.read:
        record = _as_touched(known[source.path], source, corpus)
        if record is None:
            return False
        touched[source.path] = record
    if touched != {path: known[path] for path in touched}:
        with suppress(OSError):
            write_hold(folder, replace(hold, files=tuple((known | touched).values())))
    return True


def _as_touched(file: FileRecord, source: SourceFile, corpus: Corpus) -> FileRecord | None:
    """The record with the file's new time, or None if the content of the file is new."""
    if source.size != file.size:
        return None
    if not file.digest:
        # It could not be read then; whether it can be now is a matter for a build.
        return file
    read_at_ns = time.time_ns()
    if corpus.read(source).digest != file.digest:
        return None
    return replace(file, mtime_ns=trusted_mtime(source, read_at_ns))
