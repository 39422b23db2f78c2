"""Which files docker leaves out of a build: the patterns of a `.dockerignore`, the last one that matches decides."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath


class Ignored:
    """The patterns of a `.dockerignore`: called with a path in the build's folder, says whether it is left out."""

    def __init__(self, text: str) -> None:
        lines = (line.strip() for line in text.splitlines())
        self._patterns = [_pattern(line) for line in lines if line and not line.startswith("#")]

    def __call__(self, path: PurePosixPath) -> bool:
        ignored = False
        # A pattern that matches a folder matches all that is in it.
        names = [str(folder) for folder in (path, *path.parents) if folder.name]
        for included, pattern in self._patterns:
            if any(pattern.fullmatch(name) for name in names):
                ignored = not included
        return ignored


def _pattern(line: str) -> tuple[bool, re.Pattern[str]]:
    """Whether a line takes files in again (`!`), and which paths it matches."""
    included = line.startswith("!")
    cleaned = posixpath.normpath(line.removeprefix("!").strip()).lstrip("/")
    parts = re.split(r"(\*\*/?|\*|\?)", cleaned)
    wildcards = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return included, re.compile("".join(wildcards.get(part, re.escape(part)) for part in parts))
