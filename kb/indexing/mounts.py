"""Types of file systems: network file systems send no notices of changes by remote machines."""

from __future__ import annotations

import os
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
"""Table of Linux; without a table, every type is unknown."""

_REMOTE = frozenset(("9p", "afs", "ceph", "cifs", "drvfs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4"))
_SHARED = frozenset(("smb3", "smbfs", "prl_fs", "vboxsf", "vmhgfs"))
"""Types of network file systems and of folders shared with a virtual machine; and all in user space, `fuse.<name>`."""


def remote_file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Type of a path's file system, like `nfs4`, if the files are on a remote machine; else None."""
    real = os.path.realpath(path)
    longest, found = -1, ""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    for line in lines:
        _, folder, kind, *_ = [*line.split(" "), "", "", ""]
        folder = folder.replace("\\040", " ")
        # Of two mounts on one folder, the later one hides the earlier one.
        if len(folder) >= longest and f"{real}/".startswith(f"{folder.rstrip('/')}/"):
            longest, found = len(folder), kind
    return found if found in _REMOTE | _SHARED or found.startswith("fuse.") else None
