"""The nouns of reading: article, file, reading, corpus.

Frozen records cannot form cycles, so the garbage collector is spared the search (`gc=False`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec


class Article(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One article of the corpus."""

    id: str
    """The path in the corpus with extension, `/` between folders, NFC; for a line of a .jsonl file, the file's id, `/`
    and the line's own id or line number."""
    title: str
    text: str
    """Paragraphs separated by an empty line, without boilerplate."""
    url: str | None = None
    site: str | None = None
    author: str | None = None
    published: str | None = None
    """ISO 8601: a day (`2024-05-03`) or, with only the year known, a year (`2024`), sorted as January 1."""
    tags: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    format: str = "text"
    """Format of the file: text, markdown, html or jsonl."""
    digest: str = ""
    """Hex digest of all fields above: equal articles have equal digests."""


class SourceFile(msgspec.Struct, frozen=True, gc=False):
    """A file of the corpus, as of a scan."""

    path: str
    """Relative to the corpus, `/` between folders, in the file system's spelling."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Time of the last change, nanoseconds since 1970."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """Result of reading one file: articles, and a reason for each unread part."""

    articles: tuple[Article, ...] = ()
    skipped: tuple[str, ...] = ()
    """Reasons, phrases like `draft` or `line 7: not a JSON object`."""
    digest: str = ""
    """Hex digest of the file's bytes; empty for an unreadable file."""
    withdrawn: tuple[str, ...] = ()
    """Ids of drafts, articles not to be published."""
    unreadable: bool = False
    """Whether any part was unreadable: the file may still have an article that is not in the reading."""


class Corpus(Protocol):
    """The folder of article files."""

    root: Path
    fingerprint: str
    """Version of the rules of reading, which changes whenever a file may be read as a different article."""

    def scan(self) -> Iterator[SourceFile | tuple[str, str]]:
        """Every article file, and `(path, reason)` for each skipped file or folder, in the order of paths."""
        ...

    def read(self, source: SourceFile) -> Reading:
        """The articles of one file; a defect of the file is a reason in the reading, never an exception."""
        ...
