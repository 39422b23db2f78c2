"""Lines: the share of each folder, long files, and tests beside sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from bench.house.sources import Source

MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class FolderShare:
    """Lines of the Python files directly in a folder, and their share of all lines, 0 to 1."""

    folder: PurePosixPath
    lines: int
    share: float


@dataclass(frozen=True, slots=True)
class LongFile:
    """A file of many lines."""

    path: PurePosixPath
    lines: int


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Lines of tests and lines of sources."""

    tests: int
    sources: int

    @property
    def ratio(self) -> float:
        """Lines of tests for each line of source."""
        return self.tests / max(1, self.sources)


def folder_shares(sources: Iterable[Source]) -> tuple[FolderShare, ...]:
    """Every folder with Python files, the largest first."""
    lines: Counter[PurePosixPath] = Counter()
    for source in sources:
        lines[source.path.parent] += source.lines
    total = max(1, lines.total())
    return tuple(FolderShare(folder, count, count / total) for folder, count in lines.most_common())


def long_files(sources: Iterable[Source], most: int = MOST_LINES) -> tuple[LongFile, ...]:
    """Files of more lines than `most`, the longest first."""
    found = [LongFile(source.path, source.lines) for source in sources if source.lines > most]
    return tuple(sorted(found, key=lambda file: -file.lines))


def line_counts(sources: Iterable[Source], tests: Iterable[Source]) -> LineCounts:
    """How many lines of tests stand beside how many lines of sources."""
    return LineCounts(sum(test.lines for test in tests), sum(source.lines for source in sources))
