"""File operations with effects on the disk, not only in the kernel's memory, at return."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_LINK_NOT_POSSIBLE = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS}


_BLOCK = 1 << 20
"""Bytes copied at a time."""


def sync(path: Path) -> None:
    """Sync a file's bytes, or a folder's names, to outlast a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: bytes) -> None:
    """Write and sync a new file, but not the folder with the name."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, content: bytes) -> None:
    """Replace a file atomically: at every moment the file has the whole old or the whole new content.

    The new content is written to `<name>.tmp` in the same folder first; a crash may leave the `.tmp` file behind.
    """
    waiting = path.with_name(f"{path.name}.tmp")
    write_durably(waiting, content)
    waiting.replace(path)
    sync(path.parent)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a hard link to the file, or a copy where the file system allows no links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _LINK_NOT_POSSIBLE:
            raise
        shutil.copy2(source, target)


def copy_file(source: Path, target: Path) -> None:
    """Copy the bytes of a file, to blocks of their own.

    Copies made by the file system, as of `shutil`, may share their blocks with the original, and its fate.
    """
    with source.open("rb") as original, target.open("xb") as copy:
        while block := original.read(_BLOCK):
            copy.write(block)


def remove_folder(path: Path) -> None:
    """Remove a folder with all content, or a file, or a link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
