"""Notes of readers about generations that rotted while open: `damaged` in the index folder, a line with each seal.

A note is a suspicion, for others to verify: who opens a noted generation hashes it in full, who has it open looks over
it, and the next build does so and removes the notes. A reader that may not write to the folder leaves none.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NOTES = "damaged"

_MOST_BYTES = 10_000
"""Bytes read at most: more than a hundred seals."""


def note_damage(folder: Path, seal: str) -> None:
    """Note a generation of an index folder as damaged, by seal; without effect where nothing can be written."""
    with suppress(OSError):
        if seal not in noted_damage(folder):
            descriptor = os.open(folder / NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, f"{seal}\n".encode())
            finally:
                os.close(descriptor)


def noted_damage(folder: Path) -> frozenset[str]:
    """Seals of the generations noted as damaged."""
    try:
        with (folder / NOTES).open("rb") as file:
            return frozenset(file.read(_MOST_BYTES).decode("ascii", "replace").split())
    except OSError:
        return frozenset()


def clear_notes(folder: Path) -> None:
    """Remove all notes; for the holder of the builder's lock, who has verified the current generation."""
    with suppress(OSError):
        (folder / NOTES).unlink()
