"""Store of machine code: a file for each loop, with a digest of the content.

Folders are read in order, and written to in order, so that what an administrator prepared in a read-only installation
serves every user. The content is pickled and native code: whoever can write to a folder can run programs as
its readers.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from kb.compiled import CompiledLoop
from kb.machine_code.key import key_of

VARIABLE = "NUMBA_CACHE_DIR"
"""The environment variable that names the one folder to use, as with numba's own cache."""

_LOCK = "machine-code.lock"
_DIGEST_BYTES = 32

_log = logging.getLogger("kb")


def usual_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The folder named by the variable; else `__pycache__` of the package, then kb's folder in the user's cache.

    A user without a home folder has no cache.
    """
    if named := environ.get(VARIABLE):
        return (Path(named),)
    package = Path(__file__).parents[1] / "__pycache__"
    cache = _user_cache(environ)
    return (package, cache / "kb") if cache else (package,)


def _user_cache(environ: Mapping[str, str]) -> Path | None:
    # By the XDG specification, a relative path is invalid and ignored.
    if Path(named := environ.get("XDG_CACHE_HOME", "")).is_absolute():
        return Path(named)
    try:
        home = Path(environ.get("HOME") or Path.home())
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def not_kept(folders: Sequence[Path]) -> tuple[str, str]:
    """The problem where no folder can be written, and the remedy: two parts of a sentence."""
    named = " or ".join(map(str, folders))
    return (
        f"machine code cannot be kept in {named}",
        f"name a folder that can be written in the variable {VARIABLE}, or run as its user: kb prepare",
    )


class MachineCodeStore:
    """Files of machine code in folders, by order of preference."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders

    def has(self, loop: CompiledLoop[..., Any]) -> bool:
        """Whether one of the folders has a whole file for the loop."""
        return self.read(loop) is not None

    def read(self, loop: CompiledLoop[..., Any]) -> bytes | None:
        """The loop's machine code, from the first folder with a whole file; None without any.

        A damaged or unreadable file is reported in the log, once.
        """
        for folder in self.folders:
            path = folder / _file_name(loop)
            try:
                content = path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                _complain(path, f"cannot be read: {error.strerror}")
                continue
            digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
            if sha256(code).digest() == digest:
                return code
            _complain(path, "is damaged")
        return None

    def write(self, loop: CompiledLoop[..., Any], code: bytes) -> Path | None:
        """Write a loop's machine code to the first folder possible. Returns the folder; None if none can be written."""
        content = sha256(code).digest() + code
        return next((f for f in self.folders if _write(f, _file_name(loop), content)), None)

    def is_writable(self) -> bool:
        """Whether one of the folders can be written."""
        return self._writable_folder() is not None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of the first writable folder: one process at a time prepares machine code.

        Where locking fails, go on without: processes may then prepare the same, and the last file stays.
        """
        with ExitStack() as stack:
            if folder := self._writable_folder():
                with suppress(OSError):
                    descriptor = _open_lock(folder / _LOCK)
                    # The system releases the lock with the descriptor, at the latest at the end of the process.
                    stack.callback(os.close, descriptor)
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield

    def remove(self, loop: CompiledLoop[..., Any]) -> None:
        """Forget a loop's machine code, as far as the folders can be written."""
        for folder in self.folders:
            with suppress(OSError):
                (folder / _file_name(loop)).unlink()

    def _writable_folder(self) -> Path | None:
        return next(filter(_is_writable, self.folders), None)


@cache
def _complain(path: Path, problem: str) -> None:
    """Report the problem of a file, once."""
    _log.warning("%s %s: compiling without it", path, problem)


def _write(folder: Path, name: str, content: bytes) -> bool:
    """Write a file, whole or not at all. Returns whether this was possible."""
    # Not named by process id: processes in two containers may have the same id and share the folder.
    draft = folder / f"{name}.{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(folder / name)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        return False
    return True


def _is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, which is made if missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        # Made by another user of the folder; reading suffices for a lock, but not on NFS.
        return os.open(path, os.O_RDONLY)


def _file_name(loop: CompiledLoop[..., Any]) -> str:
    return f"{loop.name.replace(':', '.')}-{key_of(loop)}.code"
