"""A corpus of a few lines, and a disk that fails at the n-th operation."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.article import Article, Reading, SourceFile
from kb.indexing.contents import Contents
from kb.storage.generations import Generation

LONG_AGO = 1_600_000_000_123_456_789


class FakeCorpus:
    """Files by path; the text of a file is that of its one article, or lines of `id=text` for a path with `.jsonl`."""

    fingerprint = "articles/1"

    def __init__(self, texts: dict[str, str]) -> None:
        self.root = Path("/corpus")
        self.texts: dict[str, str] = {}
        self.mtimes: dict[str, int] = {}
        self.reasons: dict[str, tuple[str, ...]] = {}
        self.passed_over: dict[str, str] = {}
        self.reads: list[str] = []
        self._clock = LONG_AGO
        for path, text in texts.items():
            self.put(path, text)

    def put(self, path: str, text: str, reasons: tuple[str, ...] = ()) -> None:
        self.texts[path] = text
        self.reasons[path] = reasons
        self.touch(path)

    def touch(self, path: str) -> None:
        self._clock += 1_000_000
        self.mtimes[path] = self._clock

    def remove(self, path: str) -> None:
        del self.texts[path]

    def break_file(self, path: str, reason: str = "no text") -> None:
        """The file is still there but gives nothing."""
        self.put(path, f"broken {self._clock}", (reason,))

    def scan(self) -> Iterator[SourceFile | tuple[str, str]]:
        paths = [path for path in self.texts if path not in self.passed_over]
        for path in sorted(paths):
            yield SourceFile(path, len(self.texts[path]), self.mtimes[path])
        yield from self.passed_over.items()

    def read(self, source: SourceFile) -> Reading:
        self.reads.append(source.path)
        text = self.texts[source.path]
        reasons = self.reasons[source.path]
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if source.path.endswith(".jsonl"):
            lines = [line.partition("=") for line in text.split("\n") if line]
            articles = tuple(article(key, body) for key, _, body in lines if body != "draft")
            withdrawn = tuple(key for key, _, body in lines if body == "draft")
            return Reading(articles, reasons, digest, withdrawn, bool(reasons))
        if reasons == ("draft",):
            return Reading((), reasons, digest, (source.path,))
        return Reading(() if reasons else (article(source.path, text),), reasons, digest, (), bool(reasons))


def article(id_: str, text: str) -> Article:
    digest = hashlib.sha256(f"{id_} {text}".encode("utf-8", "surrogatepass")).hexdigest()
    return Article(id=id_, title=f"On {text.split()[0] if text else 'nothing'}", text=text, digest=digest)


def texts_of(generation: Generation) -> dict[str, str]:
    """The text of every article that is in a generation, by id."""
    with Contents(generation.path) as contents:
        return {id_: found.text for id_, found in contents.articles()}


def found_by(generation: Generation, word: str) -> list[str]:
    """The ids of the articles that a search for a word in the text gives."""
    with Contents(generation.path) as contents:
        return [id_ for id_, _ in contents.articles() if contents.finds("word", word, id_)]


class PowerFailure(BaseException):
    """The process ends here; nobody catches this."""


class FailingDisk:
    """Counts the operations that change the disk and fails at the `failing`-th, and at those after it if `sticky`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: int, error: Callable[[], BaseException], sticky: bool):
        self.done = 0
        self._failing = failing
        self._error = error
        self._sticky = sticky
        opening = open
        for name in ("link", "rename", "replace", "fsync", "mkdir", "unlink", "rmdir", "open", "write", "ftruncate"):
            monkeypatch.setattr(os, name, self._wrapped(getattr(os, name)))
        monkeypatch.setattr("builtins.open", self._wrapped(opening, _mode))
        monkeypatch.setattr("io.open", self._wrapped(opening, _mode))

    def _wrapped(self, function: Callable[..., Any], mode_of: Callable[..., str] | None = None) -> Callable[..., Any]:
        def operation(*args: Any, **kwargs: Any) -> Any:
            if mode_of is None or set(kwargs.get("mode", mode_of(*args[1:]))) & set("wax+"):
                self.done += 1
                if self.done == self._failing or (self._sticky and self.done > self._failing):
                    raise self._error()
            return function(*args, **kwargs)

        return operation


def _mode(mode: str = "r", *_: Any) -> str:
    return mode


def disk_full() -> BaseException:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/disk")
