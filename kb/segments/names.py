"""The names of a field in one segment: sites, authors, tags or languages, with the keys to compare them by."""

from __future__ import annotations

import threading

import numpy as np

from kb.deadline import NEVER, Deadline
from kb.segments.arrays import unpack_string
from kb.segments.segment import NameColumn
from kb.text.tokens import Analyzer

CHUNK = 1 << 12
"""Names to analyse between two looks at the deadline."""


class FieldNames:
    """The distinct names of a field, by code; safe to share between threads.

    Keys (`Analyzer.keyword`) are made on first use, and what is made stays.
    """

    def __init__(self, column: NameColumn, analyzer: Analyzer, chunk: int = CHUNK) -> None:
        self.column = column
        self._analyzer = analyzer
        self._chunk = chunk
        self._keys: list[str] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.column.value_bounds) - 1

    def name(self, code: int) -> str:
        """The name of a code, as written."""
        return unpack_string(self.column.values, self.column.value_bounds, code)

    def key(self, code: int) -> str:
        """The key of the name of a code."""
        return self._analyzer.keyword(self.name(code))

    def keys(self, deadline: Deadline = NEVER) -> list[str]:
        """The keys of all names, by code.

        Raises DeadlinePassed where that takes too long; one chunk at least is made each time, so that a later call
        goes on from there.
        """
        while len(self._keys) < len(self):
            with self._lock:
                begin = len(self._keys)
                self._keys += [self.key(code) for code in range(begin, min(begin + self._chunk, len(self)))]
            if len(self._keys) < len(self):
                deadline.check()
        return self._keys

    def having(self, keys: list[str], deadline: Deadline = NEVER) -> np.ndarray:
        """Mask of the articles with one of the names, given by their keys: bool, shape (d,). Raises DeadlinePassed."""
        wanted = set(keys)
        codes = [code for code, key in enumerate(self.keys(deadline)) if key in wanted]
        count = len(self.column.bounds) - 1
        mask = np.zeros(count, dtype=bool)
        if codes:
            owners = np.repeat(np.arange(count), np.diff(self.column.bounds))
            mask[owners[np.isin(self.column.codes, codes)]] = True
        return mask
