"""Where machine code is kept: a file a loop, which says itself whether it is whole.

Folders are read in order, and written to in order, so that what an administrator prepared in a read-only installation
serves every user. The content is pickled and native code: whoever can write to a folder can run programs as
its readers.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from kb.compiled import CompiledLoop
from kb.machine_code.key import key_of

VARIABLE = "NUMBA_CACHE_DIR"
"""The environment variable that names the one folder to use, as with numba's own cache."""

_DIGEST_BYTES = 32

_log = logging.getLogger("kb")


def usual_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The folder that the variable names; else `__pycache__` of the package, then kb's folder in the user's cache."""
    if named := environ.get(VARIABLE):
        return (Path(named),)
    package = Path(__file__).parents[1] / "__pycache__"
    if cache := environ.get("XDG_CACHE_HOME"):
        return package, Path(cache) / "kb"
    try:
        home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    except RuntimeError:
        # Neither the environment nor the system knows a home of this user.
        return (package,)
    return package, home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "kb"


def not_kept(folders: Sequence[Path]) -> tuple[str, str]:
    """What is wrong where no folder can be written, and what to do."""
    named = " or ".join(map(str, folders))
    return (
        f"machine code cannot be kept in {named}",
        f"name a folder that can be written in the variable {VARIABLE}, or run as its user: kb prepare",
    )


class MachineCodeStore:
    """Files of machine code in some folders."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders

    def has(self, loop: CompiledLoop[..., Any]) -> bool:
        """Whether one of the folders has a whole file for the loop."""
        return self.read(loop) is not None

    def read(self, loop: CompiledLoop[..., Any]) -> bytes | None:
        """The loop's machine code; None if no folder has a whole file of it. A damaged file is said in the log."""
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
        """Keep a loop's machine code in the first folder that can be written; the folder, or None if none can."""
        content = sha256(code).digest() + code
        return next((f for f in self.folders if _written(f, _file_name(loop), content)), None)

    def is_writable(self) -> bool:
        """Whether one of the folders can be written."""
        return any(_written(folder, "probe", b"") for folder in self.folders)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of the first writable folder: one process at a time prepares machine code."""
        folder = next(folder for folder in self.folders if _written(folder, "probe", b""))
        # The system releases the lock with the file, whatever becomes of the process.
        with (folder / "machine-code.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def remove(self, loop: CompiledLoop[..., Any]) -> None:
        """Forget a loop's machine code, as far as the folders can be written."""
        for folder in self.folders:
            with suppress(OSError):
                (folder / _file_name(loop)).unlink()


@cache
def _complain(path: Path, problem: str) -> None:
    """Say once what is wrong with a file."""
    _log.warning("%s %s: compiling without it", path, problem)


def _written(folder: Path, name: str, content: bytes) -> bool:
    """Whether a file could be written, whole or not at all."""
    draft = folder / f"{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(folder / name)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        return False
    return True


def _file_name(loop: CompiledLoop[..., Any]) -> str:
    return f"{loop.name.replace(':', '.')}-{key_of(loop)}.code"
