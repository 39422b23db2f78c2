"""Writes that are on the disk, not only in the kernel's memory, when they return."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_LINK_NOT_POSSIBLE = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS}


def sync(path: Path) -> None:
    """Afterwards the bytes of the file, or the names in the folder, outlast a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: bytes) -> None:
    """Afterwards a new file with this content is on the disk, but perhaps not its name in the folder."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, content: bytes) -> None:
    """Afterwards the file has this content, and at every moment before it was the old or the new one, whole.

    The new content waits as `<name>.tmp` in the same folder; a crash may leave that behind.
    """
    waiting = path.with_name(f"{path.name}.tmp")
    write_durably(waiting, content)
    waiting.replace(path)
    sync(path.parent)


def link_or_copy(source: Path, target: Path) -> None:
    """Afterwards `target` is a second name of the file, or a copy where the file system allows no links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _LINK_NOT_POSSIBLE:
            raise
        shutil.copy2(source, target)


def remove_folder(path: Path) -> None:
    """Afterwards the folder, or the file of that name, is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
