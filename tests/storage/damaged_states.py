"""States of CURRENT and of the newest manifest after an accident, in a folder of several generations."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kb.storage.generations import CURRENT, Generations
from kb.storage.manifest import FORMAT, MANIFEST

Damage = Callable[[Path], None]
"""Damages an index folder."""


def _pointer(content: bytes) -> Damage:
    return lambda folder: (folder / CURRENT).write_bytes(content) and None


def _lose_pointer(folder: Path) -> None:
    (folder / CURRENT).unlink()


def _folder_for_pointer(folder: Path) -> None:
    _lose_pointer(folder)
    (folder / CURRENT).mkdir()


def _manifest(change: Callable[[bytes], bytes]) -> Damage:
    def damage(folder: Path) -> None:
        path = Generations(folder).current().path / MANIFEST
        path.write_bytes(change(path.read_bytes()))

    return damage


def _lose_manifest(folder: Path) -> None:
    (Generations(folder).current().path / MANIFEST).unlink()


def _manifest_of_another(folder: Path) -> None:
    generations = Generations(folder)
    shutil.copy(generations.older()[0].path / MANIFEST, generations.current().path / MANIFEST)


def _pipe_for_pointer(folder: Path) -> None:
    _lose_pointer(folder)
    os.mkfifo(folder / CURRENT)


POINTERS: dict[str, Damage] = {
    "CURRENT is empty": _pointer(b""),
    "CURRENT is garbage": _pointer(bytes(range(256))),
    "CURRENT is of 10 MB": _pointer(b"gen-1\n" * 1_700_000),
    "CURRENT is missing": _lose_pointer,
    "CURRENT names a missing generation": _pointer(b"gen-99\n"),
    "CURRENT is a folder": _folder_for_pointer,
    "CURRENT is a named pipe": _pipe_for_pointer,
}
"""States in which no current generation can be told."""

MANIFESTS: dict[str, Damage] = {
    "the manifest is missing": _lose_manifest,
    "the manifest is cut": _manifest(lambda content: content[:-10]),
    "the manifest is garbage": _manifest(lambda content: bytes(len(content))),
    "the manifest is that of another number": _manifest_of_another,
    "the manifest is of a newer format": _manifest(
        lambda content: json.dumps(json.loads(content) | {"format": FORMAT + 1}).encode()
    ),
}
"""States in which the newest generation cannot be opened."""

STATES = POINTERS | MANIFESTS
