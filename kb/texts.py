"""The text of a found article as an engine lets it be read, and where the words of a question stand in such texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

import numpy as np

COLUMNS = 8


class Occurrences(NamedTuple):
    """Where the units of a question stand in the found articles: by article, its title before its text, and by place.

    A table of int64, shape (m, 8), which is cheaper to handle than as many arrays. Its columns are the fields below, in
    their order; flags are 0 or 1.
    """

    table: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """Which article: its place in `Answer.found`."""
        return self.table[:, 0]

    @property
    def units(self) -> np.ndarray:
        return self.table[:, 1]

    @property
    def in_title(self) -> np.ndarray:
        """In the title, else in the text."""
        return self.table[:, 2]

    @property
    def begins(self) -> np.ndarray:
        """Where it begins in the title or the text."""
        return self.table[:, 3]

    @property
    def ends(self) -> np.ndarray:
        return self.table[:, 4]

    @property
    def first_ends(self) -> np.ndarray:
        """Where the first word of it ends."""
        return self.table[:, 5]

    @property
    def as_typed(self) -> np.ndarray:
        """Written as in the query, without regard to case and accents."""
        return self.table[:, 6]

    @property
    def in_heading(self) -> np.ndarray:
        """In a heading of the text."""
        return self.table[:, 7]


class SentenceRun(NamedTuple):
    """The sentences of one text in reading order: sentence `i` is `starts[i]:ends[i]`, its kind as in `sentences.py`.

    starts, ends uint32, kinds uint8; shape (sentences,).
    """

    starts: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray


class PageSentences(NamedTuple):
    """The sentences of several texts end to end: those of text `i` are `bounds[i]:bounds[i + 1]`.

    bounds int64, shape (texts + 1,); the others as in `SentenceRun`.
    """

    bounds: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray

    @classmethod
    def of(cls, runs: Sequence[SentenceRun]) -> PageSentences:
        """The sentences of each of some texts (at least one)."""
        bounds = np.array([0, *accumulate([len(run.starts) for run in runs])], dtype=np.int64)
        return cls(bounds, *(np.concatenate(column) for column in zip(*runs, strict=True)))


NO_SENTENCES = PageSentences(
    np.zeros(1, dtype=np.int64), np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint8)
)


class StoredText(Protocol):
    """The text of a found article, of which only what is asked for is read."""

    @property
    def length(self) -> int:
        """Code points."""
        ...

    @property
    def simple(self) -> bool:
        """Whether every code point is a character by itself, but for a line end: no accents that are apart."""
        ...

    def part(self, start: int, end: int) -> str:
        """`start:end` of the text."""
        ...

    @property
    def sentences(self) -> SentenceRun:
        """The sentences of the whole text."""
        ...

    def stands_once(self, start: int, end: int) -> bool:
        """Whether the words of `start:end` stand nowhere else in the text one after the other; False for no words."""
        ...
