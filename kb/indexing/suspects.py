"""Suspects, files with a process ended by reading: `suspects.json` in the index folder.

A file at work in a killed process has a death, and is read alone, in a process for suspects. If the process ends again,
the file is set aside: skipped with a reason, the earlier version kept, until the file or the rules of reading change.
A file read to the end is cleared.

`suspects.json` is checksummed JSON (`checked_json.py`). Formats: 1 - the first. A loss costs a further death.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kb.article import SourceFile
from kb.errors import IndexDamaged
from kb.indexing.notes import files_of_process, files_of_processes, remove_notes
from kb.storage.checked_json import encode_checked, read_checked
from kb.storage.durability import replace_durably

SUSPECTS = "suspects.json"
SUSPECTS_FORMAT = 1
DEATHS_OF_A_FILE = 2
"""Processes ended by a file before the file is set aside."""


class Suspect(msgspec.Struct, frozen=True):
    """A file with the processes ended by reading.

    last   time of the last death, ISO 8601 to the minute, UTC
    """

    file: SourceFile
    deaths: int
    last: str

    @property
    def reason(self) -> str | None:
        """Reason for setting the file aside; None while another reading may be tried."""
        if self.deaths < DEATHS_OF_A_FILE:
            return None
        times = {2: "twice"}.get(self.deaths, f"{self.deaths} times")
        return (
            f"reading it ended the process {times}, last on {self.last} UTC, perhaps for want of memory; "
            "it is tried again when the file changes"
        )


class _Content(msgspec.Struct, frozen=True):
    rules: str
    suspects: tuple[Suspect, ...]


class Suspects:
    """The suspects of an index folder; for the holder of the builder's lock."""

    def __init__(self, index_folder: Path, rules: str) -> None:
        """`rules`: version of the rules of reading; deaths under earlier rules are forgotten."""
        self.index_folder = index_folder
        self._rules = rules
        content = _content(index_folder)
        known = content.suspects if content and content.rules == rules else ()
        self._suspects = {suspect.file.path: suspect for suspect in known}
        self._stored = self._suspects.copy()

    def charge_notes(self) -> None:
        """Charge the files at work in all processes with a note, and remove the notes."""
        for files in files_of_processes(self.index_folder):
            self._charge(files)
        self._store()
        remove_notes(self.index_folder)

    def charge(self, process: int, in_hand: Iterable[SourceFile]) -> None:
        """Charge the files at work in an ended process of the build, or else all files in hand."""
        self._charge(files_of_process(self.index_folder, process) or in_hand)
        self._store()

    def find(self, file: SourceFile) -> Suspect | None:
        """The deaths of a file; None for an unsuspected or since changed file."""
        suspect = self._suspects.get(file.path)
        return suspect if suspect and suspect.file == file else None

    def clear(self, file: SourceFile) -> None:
        """Forget the deaths of a file read to the end."""
        self._suspects.pop(file.path, None)

    def keep(self, files: Collection[SourceFile]) -> None:
        """Store the suspects among `files`, and forget all further suspects, at the end of all reading."""
        self._suspects = {path: suspect for path, suspect in self._suspects.items() if suspect.file in files}
        self._store()

    def _charge(self, files: Iterable[SourceFile]) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
        for file in files:
            earlier = self.find(file)
            self._suspects[file.path] = Suspect(file, 1 + (earlier.deaths if earlier else 0), now)

    def _store(self) -> None:
        if self._suspects != self._stored:
            self._stored = self._suspects.copy()
            content = _Content(self._rules, tuple(self._suspects.values()))
            with suppress(OSError):
                replace_durably(self.index_folder / SUSPECTS, encode_checked(content, SUSPECTS_FORMAT))


def set_aside(index_folder: Path) -> list[tuple[str, str]]:
    """(path, reason) of every file set aside, in the order of paths."""
    content = _content(index_folder)
    reasons = ((suspect.file.path, suspect.reason) for suspect in (content.suspects if content else ()))
    return sorted((path, reason) for path, reason in reasons if reason)


def _content(index_folder: Path) -> _Content | None:
    try:
        return read_checked(index_folder / SUSPECTS, _Content, SUSPECTS_FORMAT)
    except IndexDamaged:
        return None
