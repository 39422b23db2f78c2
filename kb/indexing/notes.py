"""Notes of the files at work: `index/reading/<process id>`, left behind by killed processes.

A process killed for want of memory, or by a crash in a parser, says nothing any more. While a reading process is at
work on a batch, a note lists the files of the batch, behind a line for the part at work:

    12              place in the list of the file being read; `all` while the batch is analysed; `none` between
    [{"path":...    the files, with sizes and times

Notes are written without a sync, to outlive the process, not the machine. On a full disk there are no notes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from kb.article import SourceFile
from kb.storage.durability import remove_folder

READING = "reading"
HANGING_SECONDS = 10.0
"""Seconds at work on one part, after which a process that was waited for in vain counts as hanging."""

_HEAD = 12
"""Bytes of the first line."""

_decode = msgspec.json.Decoder(list[SourceFile]).decode


class Note:
    """The note of the running process, a file only while a batch is at work; each change is a single write."""

    def __init__(self, index_folder: Path) -> None:
        self._folder = index_folder / READING
        self._path = self._folder / str(os.getpid())
        self._descriptor: int | None = None
        self._since = 0.0

    def begin(self, files: Sequence[SourceFile]) -> None:
        """Note the files of a batch, none at work yet."""
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        self._write("none", msgspec.json.encode(files))

    def read(self, index: int) -> None:
        """Note the reading of the file at an index in the batch."""
        self._write(str(index))

    def analyse(self) -> None:
        """Note the analysis of the articles of all files."""
        self._write("all")

    def end(self) -> None:
        """Remove the note: the batch is done, or given up in good order."""
        self._write("none")
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
            with suppress(OSError):
                self._path.unlink()

    def excuse(self) -> None:
        """Note the end of the process with the end of the parent, unless a part at work seems to hang."""
        if time.monotonic() - self._since < HANGING_SECONDS:
            self._write("none")
            self._descriptor = None  # whatever the process does in its last moment

    def _write(self, part: str, rest: bytes = b"") -> None:
        self._since = time.monotonic()
        if self._descriptor is not None:
            with suppress(OSError):
                os.pwrite(self._descriptor, part.ljust(_HEAD - 1).encode() + b"\n" + rest, 0)


def files_of_process(index_folder: Path, process: int) -> tuple[SourceFile, ...]:
    """The files at work in a process at the end of the process: a single file, all of a batch, or none."""
    try:
        return _at_work((index_folder / READING / str(process)).read_bytes())
    except OSError:
        return ()


def files_of_processes(index_folder: Path) -> list[tuple[SourceFile, ...]]:
    """The files at work in each process with a note."""
    try:
        names = os.listdir(index_folder / READING)  # noqa: PTH208 - names only
    except OSError:
        return []
    return [files_of_process(index_folder, int(name)) for name in sorted(names) if name.isdecimal()]


def remove_notes(index_folder: Path) -> None:
    """Remove the notes of all processes; for the holder of the builder's lock, when no process reads."""
    with suppress(OSError):
        remove_folder(index_folder / READING)


def _at_work(note: bytes) -> tuple[SourceFile, ...]:
    """The files at work by a note; none by a note cut off or damaged."""
    part = note[:_HEAD].decode("ascii", "replace").strip()
    try:
        files = _decode(note[_HEAD:])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    if part == "all":
        return tuple(files)
    return (files[int(part)],) if part.isdecimal() and int(part) < len(files) else ()
