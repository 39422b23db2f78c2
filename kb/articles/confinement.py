"""Opening of files and folders beneath a root, whatever becomes a link in the meantime.

Each part of a path is opened in the folder before, and never followed as a link: between a look at a folder and the
opening, anybody who writes to the corpus may have replaced a part by a link to somewhere else. A link is resolved as
a whole, compared with the root, and the resolved path is opened in the same way.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

OUTSIDE = errno.EXDEV
"""Error number for a link that leads out of the root, as of Linux' RESOLVE_BENEATH."""

_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_DIRECTORY | getattr(os, "O_PATH", os.O_RDONLY)
"""Flags for a folder to open something in; where O_PATH is known, a folder need not be readable."""

_ATTEMPTS = 5
"""Links resolved for a path, before it counts as a circle: a resolved path has a link only if one came just now."""


class _LinkMet(Exception):
    """A part of the path is a link."""


def open_file(root: Path, path: str) -> int:
    """Descriptor of the file, pipe or device at `path` below `root`, to read without waiting.

    Raises OSError, with errno OUTSIDE for a link out of the root.
    """
    # A pipe may have replaced the file: without O_NONBLOCK, opening would wait for a writer.
    return _open_beneath(root, path, os.O_RDONLY | os.O_NONBLOCK)


def open_folder(root: Path, path: str) -> int:
    """Descriptor of the folder at `path` below `root`, to list; `path` is empty for the root itself.

    Raises OSError, with errno OUTSIDE for a link out of the root.
    """
    return _open_beneath(root, path, os.O_RDONLY | os.O_DIRECTORY)


def resolve_inside(root: Path, path: str) -> str:
    """The path below `root` without links; raises OSError, with errno OUTSIDE for a path out of the root."""
    inside = os.path.realpath(root)
    real = os.path.realpath(root / path, strict=True)
    if os.path.commonpath((real, inside)) != inside:
        raise OSError(OUTSIDE, os.strerror(OUTSIDE), path)
    return "" if real == inside else os.path.relpath(real, inside)


def _open_beneath(root: Path, path: str, flags: int) -> int:
    for _ in range(_ATTEMPTS):
        try:
            return _open_parts(root, path, flags)
        except _LinkMet:
            path = resolve_inside(root, path)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)


def _open_parts(root: Path, path: str, flags: int) -> int:
    """Descriptor of `path`, opened part by part; raises _LinkMet at a link."""
    # The root is given by the operator, and may well be a link.
    folder = os.open(root, (_FOLDER if path else flags) | os.O_CLOEXEC)
    *folders, last = path.split("/")
    if not path:
        return folder
    try:
        for part in folders:
            deeper = _open_part(part, _FOLDER, folder)
            os.close(folder)
            folder = deeper
        return _open_part(last, flags, folder)
    finally:
        os.close(folder)


def _open_part(part: str, flags: int, folder: int) -> int:
    try:
        return os.open(part, flags | _SAFE, dir_fd=folder)
    except OSError:
        # Systems differ in the error for a link: ELOOP, ENOTDIR or EMLINK.
        if stat.S_ISLNK(os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode):
            raise _LinkMet from None
        raise
