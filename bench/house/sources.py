"""Python files of a folder, each read and parsed once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: path from the root of the project, text and syntax tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Number of lines."""
        return len(self.text.splitlines())

    @property
    def module(self) -> str:
        """Dotted name for import statements; of an `__init__.py`, the name of the folder."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_sources(root: Path, folder: str) -> tuple[Source, ...]:
    """All Python files below a folder of the project, ordered by path; none where the folder is missing."""
    return tuple(_read(root, path) for path in sorted((root / folder).rglob("*.py")))


def _read(root: Path, path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(PurePosixPath(path.relative_to(root).as_posix()), text, ast.parse(text, str(path)))
