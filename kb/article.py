"""The nouns of reading: what a file of the corpus holds.

Records are frozen, so that none refers to itself, and the collector of cycles need not look at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec


class Article(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One article as read from the corpus: `text` has paragraphs separated by an empty line and no boilerplate."""

    id: str
    """The path in the corpus with its extension, `/` between folders, NFC; for a line of a .jsonl file, the file's id
    and then the line's own id or number."""
    title: str
    text: str
    url: str | None = None
    site: str | None = None
    author: str | None = None
    published: str | None = None
    """ISO 8601: a day (`2024-05-03`) or, where only that is known, a year (`2024`), which sorts as its first day."""
    tags: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    format: str = "text"
    """What it was read from: text, markdown, html or jsonl."""
    digest: str = ""
    """Hex digest of everything above, so that equal articles have equal digests."""


class SourceFile(msgspec.Struct, frozen=True, gc=False):
    """A file of the corpus as the last look at the folder found it."""

    path: str
    """Relative to the corpus, `/` between folders, as the file system spells it."""
    size: int
    mtime_ns: int


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one file gave: its articles, and a reason for each part that could not be read."""

    articles: tuple[Article, ...] = ()
    skipped: tuple[str, ...] = ()
    """Reasons, each a phrase such as `draft` or `line 7: not a JSON object`."""
    digest: str = ""
    """Hex digest of the file's bytes; empty if they could not be read."""
    withdrawn: tuple[str, ...] = ()
    """Ids of articles that are there but not to be published: drafts."""
    unreadable: bool = False
    """Whether something could not be read: an article that was there before may still be there."""


class Corpus(Protocol):
    """The folder of article files."""

    root: Path
    fingerprint: str
    """Changes with any rule that changes what a file is read as."""

    def scan(self) -> Iterator[SourceFile | tuple[str, str]]:
        """Every article file, in the order of paths, and `(path, reason)` for what is passed over for a reason."""
        ...

    def read(self, source: SourceFile) -> Reading:
        """The articles of one file; never raises for what is wrong with the file."""
        ...
