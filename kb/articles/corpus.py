"""The folder of article files: scanning the folder and reading each file.

Links are followed within the corpus only, at whatever moment they are made (`confinement.py`). A folder is visited
once: folders first, by their own names unless hidden, then links to folders.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from kb.article import Reading, SourceFile
from kb.articles.confinement import OUTSIDE, open_file, open_folder, resolve_inside
from kb.articles.digest import digest_of
from kb.articles.naming import article_id
from kb.articles.reader import is_article_name, read_articles
from kb.articles.sizes import over_limit
from kb.errors import CorpusError

RULES = "articles/2"
"""Version of the reading rules: raise with every change of the article read from any file."""

_Entry: TypeAlias = SourceFile | tuple[str, str]
"""An article file, or (path, reason) of a skipped entry."""

_FolderKey: TypeAlias = tuple[int, int]
"""(device, inode)."""

_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class FolderCorpus:
    """The corpus in the folder `root`; files larger than `max_bytes` are skipped.

    Raises CorpusError if `root` is no folder.
    """

    fingerprint = RULES

    def __init__(self, root: Path, *, max_bytes: int) -> None:
        if not root.is_dir():
            raise CorpusError(f"the corpus {root} is {'not a folder' if root.exists() else 'missing'}")
        self.root = root
        self.max_bytes = max_bytes

    def scan(self) -> Iterator[_Entry]:
        """Every article file, and `(path, reason)` for each skipped file or folder, in the order of paths.

        Raises CorpusError if the folder itself cannot be listed: an invisible archive is not an empty archive.
        """
        owners: dict[str, str] = {}
        for entry in sorted(self._walk(), key=_path):
            path = _path(entry)
            owner = owners.setdefault(article_id(path), path) if isinstance(entry, SourceFile) else path
            if owner == path:
                yield entry
            else:
                yield path, f"another file has the same name in other Unicode characters: {article_id(owner)}"

    def read(self, source: SourceFile) -> Reading:
        """The articles of one file; a defect of the file is a reason in the reading, never an exception."""
        try:
            data = self._bytes(source.path)
        except OSError as error:
            return Reading(skipped=(_reason(error),), unreadable=True)
        if isinstance(data, str):
            return Reading(skipped=(data,), unreadable=True)
        return replace(read_articles(article_id(source.path), data, self.max_bytes), digest=digest_of(data))

    def _bytes(self, path: str) -> bytes | str:
        """The bytes of a file, or the reason for skipping the file."""
        descriptor = open_file(self.root, path)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return _kind(status.st_mode)
            if status.st_size > self.max_bytes:
                return over_limit(status.st_size, self.max_bytes)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(self.max_bytes + 1)
        finally:
            os.close(descriptor)
        # The file may have grown during the read.
        return data if len(data) <= self.max_bytes else over_limit(len(data), self.max_bytes)

    def _walk(self) -> Iterator[_Entry]:
        visited: dict[_FolderKey, str] = {}
        links: list[str] = []
        yield from self._folder("", visited, links)
        while links:
            yield from self._folder(links.pop(0), visited, links)

    def _folder(self, top: str, visited: dict[_FolderKey, str], links: list[str]) -> Iterator[_Entry]:
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                descriptor = open_folder(self.root, folder)
            except OSError as error:
                yield self._unlisted(folder, error)
                continue
            try:
                owner = visited.setdefault(_key(os.fstat(descriptor)), folder)
                if owner == folder:
                    yield from self._listed(descriptor, folder, pending, links)
                else:
                    yield folder, f"a link to a folder that is read as {owner or 'the corpus itself'}"
            finally:
                os.close(descriptor)

    def _listed(self, descriptor: int, folder: str, pending: list[str], links: list[str]) -> Iterator[_Entry]:
        try:
            with os.scandir(descriptor) as entries:
                listed = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
        except OSError as error:
            yield self._unlisted(folder, error)
            return
        for entry in listed:
            path = f"{folder}/{entry.name}" if folder else entry.name
            yield from self._entry(entry, path, pending, links)

    def _unlisted(self, folder: str, error: OSError) -> _Entry:
        """The folder with the reason; raises CorpusError if the folder is the corpus itself."""
        if not folder:
            raise CorpusError(f"the corpus {self.root} cannot be listed: {_reason(error)}") from error
        return folder, _reason(error)

    def _entry(self, entry: os.DirEntry[str], path: str, pending: list[str], links: list[str]) -> Iterator[_Entry]:
        try:
            linked = entry.is_symlink()
            if linked:
                resolve_inside(self.root, path)
            status = entry.stat()
        except OSError as error:
            yield path, _link_reason(error) if linked else _reason(error)
            return
        if stat.S_ISDIR(status.st_mode):
            (links if linked else pending).append(path)
        elif not stat.S_ISREG(status.st_mode):
            yield path, _kind(status.st_mode)
        elif is_article_name(entry.name):
            yield SourceFile(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)


def _path(entry: _Entry) -> str:
    return entry.path if isinstance(entry, SourceFile) else entry[0]


def _key(status: os.stat_result) -> _FolderKey:
    return status.st_dev, status.st_ino


def _kind(mode: int) -> str:
    return next((name for test, name in _SPECIAL if test(mode)), "not a file")


def _link_reason(error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return "a link that leads nowhere"
    return "a link that leads back to itself" if error.errno == errno.ELOOP else _reason(error)


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "vanished"
    if error.errno == OUTSIDE:
        return "a link that leads out of the corpus"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "permission denied"
    return f"cannot be read: {error.strerror or error}"
