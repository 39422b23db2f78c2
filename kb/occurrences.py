"""Where the words of a question stand in the articles found: what an engine says of them besides which they are."""

from __future__ import annotations

from typing import NamedTuple

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
        """Which article: its place in `Answer.articles`."""
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
