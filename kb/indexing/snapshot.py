"""State of a folder as a number: two different numbers mean a change below the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_BITS = (1 << 64) - 1


def snapshot(root: Path) -> int:
    """Hash of name, inode, size and times of all below a folder but hidden files, for comparison within a process.

    The content of files is not read. Folders without the right to list count as empty.
    """
    total = 0
    for entry in _walk(str(root)):
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        # A sum: folders are listed in any order.
        total += hash((entry.path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    return total & _BITS


def _walk(root: str) -> Iterator[os.DirEntry[str]]:
    pending = [root]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                listed = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError:
            continue
        for entry in listed:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
