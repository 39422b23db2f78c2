"""Where several stems stand in some articles of a segment: runs of its `places`, all found at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.indexing.columnar.bounds import numbers_in
from kb.indexing.columnar.segment import OpenSegment


class Runs(NamedTuple):
    """Of stem `i` in article `j` the run at `i * articles + j`: `counts` places from `begins` on; int64, shape (n,)."""

    begins: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, segment: OpenSegment, postings: Sequence[slice], articles: np.ndarray) -> Runs:
        """The runs of stems, given by their postings, in articles, given by ascending numbers: int32, shape (n,)."""
        owners = segment.posting_articles
        rows = np.array([owners[found].searchsorted(articles) for found in postings])
        rows += np.array([[found.start] for found in postings])
        there = owners.take(rows, mode="clip") == articles
        there &= rows < np.array([[found.stop] for found in postings])
        rows = rows.ravel()
        begins = segment.posting_places.take(rows)
        counts = segment.posting_places.take(rows + 1, mode="clip")
        counts -= begins
        counts *= there.ravel()
        return cls(begins, counts)

    def places(self) -> np.ndarray:
        """All numbers that the runs consist of: int64, shape (sum of counts,)."""
        return numbers_in(self.begins, self.counts)
