"""Digest of the program itself: two versions of kb have two, even where the number of the version is the same."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).parent
_CACHE = "__pycache__"
"""Folders of what is made from the program on a machine: bytecode and machine code."""


def program_digest() -> str:
    """Digest of every file of the package: modules, templates and static files; read in some milliseconds."""
    return digest_of(_PACKAGE)


def digest_of(folder: Path) -> str:
    """Digest of the names and contents of the files in a folder and below, `__pycache__` left out."""
    digest = blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _CACHE not in path.relative_to(folder).parts:
            for part in (os.fsencode(path.relative_to(folder).as_posix()), _content(path)):
                # The length before each part makes the encoding unambiguous.
                digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """The bytes of a file; none of a file that cannot be read, which is no part of a program that runs."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
