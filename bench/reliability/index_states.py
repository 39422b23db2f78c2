"""States that an index folder can be found in: what people, disks and interrupted builds leave."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], object]
"""What is done to an index folder with the whole generations gen-1 and gen-2, of which gen-2 is current."""


def _make_folder(index: Path) -> None:
    (index / "CURRENT").unlink()
    (index / "CURRENT").mkdir()


def _point_to_itself(index: Path) -> None:
    (index / "CURRENT").unlink()
    (index / "CURRENT").symlink_to("CURRENT")


def _make_pipe(index: Path) -> None:
    """Whoever opens a pipe waits for someone who writes to it."""
    (index / "CURRENT").unlink()
    os.mkfifo(index / "CURRENT")


def _leave_drafts(index: Path) -> None:
    (index / "building-3").mkdir()
    (index / "gen-3").mkdir()


def _cut(path: Path) -> None:
    content = path.read_bytes()
    # A file with several names would be cut under all of them.
    path.unlink()
    path.write_bytes(content[: len(content) // 2])


def _newer(path: Path) -> None:
    """Raise the format of a manifest."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "format": 999}), encoding="utf-8")


STATES: dict[str, Damage] = {
    "whole": lambda index: None,
    "CURRENT empty": lambda index: (index / "CURRENT").write_bytes(b""),
    "CURRENT is garbage": lambda index: (index / "CURRENT").write_bytes(b"\xff\x00" * 40),
    "CURRENT with a wrong checksum": lambda index: (index / "CURRENT").write_text("gen-2\nnewest 2\ncrc32 00000000\n"),
    "CURRENT missing": lambda index: (index / "CURRENT").unlink(),
    "CURRENT names a missing generation": lambda index: (index / "CURRENT").write_text("gen-7\n"),
    "CURRENT is a folder": _make_folder,
    "CURRENT is a named pipe": _make_pipe,
    "CURRENT of 10 MB": lambda index: (index / "CURRENT").write_bytes(b"gen-2\n" * 1_700_000),
    "CURRENT not to be read": _point_to_itself,
    "newest generation missing": lambda index: shutil.rmtree(index / "gen-2"),
    "manifest missing": lambda index: (index / "gen-2" / "manifest.json").unlink(),
    "manifest empty": lambda index: (index / "gen-2" / "manifest.json").write_bytes(b""),
    "manifest cut": lambda index: _cut(index / "gen-2" / "manifest.json"),
    "manifest is garbage": lambda index: (index / "gen-2" / "manifest.json").write_bytes(b"\x00" * 500),
    "manifest of another generation": lambda index: shutil.copy(
        index / "gen-1" / "manifest.json", index / "gen-2" / "manifest.json"
    ),
    "manifest of a newer format": lambda index: _newer(index / "gen-2" / "manifest.json"),
    "records missing": lambda index: (index / "gen-2" / "records.json").unlink(),
    "a file of the index cut": lambda index: _cut(next((index / "gen-2").glob("*.toc"))),
    "leftovers of a build": _leave_drafts,
}
