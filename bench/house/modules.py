"""Modules imported by no test: a fault in such a module shows far from the cause."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.house.sources import Source

FOLDERS = ("text", "segments", "engine", "query", "snippets", "indexing")
"""Folders of loops and formats: every module needs a test."""

_NOT_IMPORTED = {"__init__.py", "__main__.py"}
"""Files reached by the name of the folder, or by running a command."""


@dataclass(frozen=True, slots=True)
class Untested:
    """Modules of the package or of a folder of the package, and the modules imported by no test."""

    folder: str
    modules: int
    missing: tuple[str, ...]


def untested(sources: Sequence[Source], tests: Iterable[Source], folder: str = "") -> Untested:
    """The untested modules of a package, or of a folder of the package with all folders in it."""
    tested = {name for test in tests for name in imported(test)}
    names = [source.module for source in sources if source.path.name not in _NOT_IMPORTED and _is_in(source, folder)]
    return Untested(folder or "kb", len(names), tuple(name for name in names if name not in tested))


def untested_by_folder(sources: Sequence[Source], tests: Sequence[Source]) -> tuple[Untested, ...]:
    """The untested modules of each of `FOLDERS`; a folder without modules is left out."""
    counts = [untested(sources, tests, folder) for folder in FOLDERS]
    return tuple(count for count in counts if count.modules)


def imported(source: Source) -> Iterator[str]:
    """Full names in import statements, wherever in the file: modules, and names that may be modules."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_in(source: Source, folder: str) -> bool:
    """Whether a file lies in a folder of the package, at any depth; the empty name stands for the whole package."""
    return not folder or source.path.parts[1] == folder
