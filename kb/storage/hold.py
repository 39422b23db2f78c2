"""Hold of a rollback: builds leave the generation alone until the corpus changes. `rollback.json` in the index folder.

The file is checksummed JSON (`checked_json.py`) with the corpus records of the generation rolled back from: nothing
else has to be kept for the comparison. A hold is void unless the generation is current.

Formats: 1 - the first.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from kb.errors import IndexDamaged
from kb.storage.checked_json import encode_checked, read_checked
from kb.storage.durability import replace_durably
from kb.storage.generations import Generation
from kb.storage.records import FileRecord

ROLLBACK = "rollback.json"
ROLLBACK_FORMAT = 1


class Hold(msgspec.Struct, frozen=True):
    """A rollback in force.

    number   of the generation rolled back to
    created  of the generation, as in the manifest: numbers begin again in a new index folder
    origin   name of the generation rolled back from
    files    newest records of the corpus of the origin
    before   number and `created` of the generation held until then, if any: a crash before the new generation is
             current leaves that one held
    """

    number: int
    created: str
    origin: str
    files: tuple[FileRecord, ...]
    before: tuple[int, str] | None = None


def hold_of(folder: Path, generation: Generation) -> Hold | None:
    """The hold of a generation, or None; raises IndexDamaged if the generation has no readable manifest."""
    manifest = generation.manifest
    try:
        hold = read_checked(folder / ROLLBACK, Hold, ROLLBACK_FORMAT)
    except IndexDamaged:
        return None
    held = (hold.number, hold.created), hold.before
    return hold if (manifest.number, manifest.created) in held else None


def write_hold(folder: Path, hold: Hold) -> None:
    """Store a hold, in place of an earlier hold."""
    replace_durably(folder / ROLLBACK, encode_checked(hold, ROLLBACK_FORMAT))


def remove_hold(folder: Path) -> bool:
    """Remove the hold; returns whether a hold existed."""
    try:
        (folder / ROLLBACK).unlink()
    except FileNotFoundError:
        return False
    return True


def held_notice(current: str, origin: str) -> str:
    """A line for a person about a rollback in force, given the names of the generations."""
    return (
        f"{current} is current and held since the rollback from {origin}: it stays until an article changes, "
        "or until `kb rollback --lift`"
    )
