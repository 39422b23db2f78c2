"""The columns of a generation as arrays over document numbers: days, names and the orders of ids and titles.

Each is read from Whoosh's columns when it is first needed and kept as long as the generation is open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import numpy as np

from kb.analysis import Analyzer
from kb.indexing.schema import TAG_SEPARATOR
from kb.search.readers import BorrowReader

FACET_FIELDS = ("site", "author", "tag", "language", "year")

_T = TypeVar("_T")


class Names(NamedTuple):
    """A column of names: document `d` has `values[codes[i]]` for `i` in `bounds[d]:bounds[d + 1]`.

    `keys[c]` is `values[c]` as names are compared. `bounds` is int64, shape (documents + 1,); `codes` int32.
    """

    values: list[str]
    keys: list[str]
    bounds: np.ndarray
    codes: np.ndarray


class Columns:
    """The columns of one open index; safe to share between threads."""

    def __init__(self, borrow: BorrowReader, analyzer: Analyzer) -> None:
        self._borrow = borrow
        self._analyzer = analyzer
        self._kept: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def days(self) -> np.ndarray:
        """Day numbers, int32, shape (documents,); 0 where the day is not known."""
        return self._keep("days", lambda: np.array(self._column("published"), dtype=np.int32))

    @property
    def ids(self) -> list[str]:
        return self._keep("ids", lambda: self._column("id"))

    @property
    def titles(self) -> list[str]:
        return self._keep("titles", lambda: self._column("title"))

    @property
    def id_ranks(self) -> np.ndarray:
        """The place of each document in the order of ids, int64, shape (documents,): what decides between equals."""
        return self._keep("id_ranks", lambda: _ranks(self.ids))

    @property
    def title_ranks(self) -> np.ndarray:
        """The same in the order of titles, without regard to case, accents and punctuation."""
        return self._keep("title_ranks", lambda: _ranks([self._analyzer.keyword(title) for title in self.titles]))

    def names(self, field: str) -> Names:
        """The names in one of FACET_FIELDS."""
        return self._keep(field, lambda: _names(self._written(field), self._analyzer))

    def having(self, field: str, wanted: Sequence[str]) -> np.ndarray:
        """Which documents have one of the wanted names: bool, shape (documents,)."""
        names = self.names(field)
        keys = {self._analyzer.keyword(value) for value in wanted}
        hit = np.array([key in keys for key in names.keys], dtype=bool)
        documents = np.repeat(np.arange(len(names.bounds) - 1), np.diff(names.bounds))
        mask = np.zeros(len(names.bounds) - 1, dtype=bool)
        mask[documents[hit[names.codes]]] = True
        return mask

    def counts(self, field: str, documents: np.ndarray, most: int = 100) -> list[tuple[str, int]]:
        """How many of the documents have each name, the most frequent first, then by name."""
        names = self.names(field)
        among = np.zeros(len(names.bounds) - 1, dtype=bool)
        among[documents] = True
        chosen = names.codes[np.repeat(among, np.diff(names.bounds))]
        counts = np.bincount(chosen, minlength=len(names.values))
        order = sorted(np.flatnonzero(counts), key=lambda code: (-counts[code], names.values[code]))
        return [(names.values[code], int(counts[code])) for code in order[:most]]

    def _written(self, field: str) -> list[list[str]]:
        if field == "year":
            return [[str(date.fromordinal(day).year)] if day else [] for day in self.days.tolist()]
        return [value.split(TAG_SEPARATOR) if value else [] for value in self._column(field)]

    def _column(self, field: str) -> list[Any]:
        with self._borrow() as reader:
            return list(reader.column_reader(field, translate=True))

    def _keep(self, name: str, read: Callable[[], _T]) -> _T:
        if name not in self._kept:
            value = read()
            with self._lock:
                self._kept.setdefault(name, value)
        kept: _T = self._kept[name]
        return kept


def _ranks(keys: Sequence[str]) -> np.ndarray:
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks


def _names(written: Sequence[list[str]], analyzer: Analyzer) -> Names:
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for values in written for value in values]
    bounds = np.zeros(len(written) + 1, dtype=np.int64)
    np.cumsum([len(values) for values in written], out=bounds[1:])
    values = list(numbers)
    return Names(values, [analyzer.keyword(value) for value in values], bounds, np.array(codes, dtype=np.int32))
