"""Files of the index folder as bytes; what else has a file's name is damage, and a want of the moment is none."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from kb.errors import IndexDamaged

_OF_THE_MOMENT = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR))
"""Errors for want of descriptors or memory: they tell nothing about a file."""


def read_regular(path: Path, most: int = -1) -> bytes:
    """The first `most` bytes of a file, all for -1.

    Raises FileNotFoundError, IndexDamaged for anything else than a readable file, and OSError for a want of the moment.
    """
    try:
        # Opening a named pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise IndexDamaged(f"{path} is no file")
            return file.read(most)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise damage_or_want(path, error) from error


def damage_or_want(path: Path, error: OSError) -> Exception:
    """The error itself if it is a want of the moment, else an IndexDamaged that names the path."""
    if error.errno in _OF_THE_MOMENT:
        return error
    return IndexDamaged(f"{path} cannot be read: {error.strerror}")
