"""Where the words of a question stand in the articles found: what an engine says of them besides which they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

ROW, UNIT, IN_TITLE, BEGIN, END, FIRST_END, AS_TYPED, IN_HEADING = range(8)
"""The columns: which article, by its place in `Answer.articles`; which unit; whether in the title, else in the text;
where it begins and ends there; where the first word of it ends; whether it is written as in the query, without regard
to case and accents; whether it is in a heading of the text."""

COLUMNS = 8


class Occurrences(NamedTuple):
    """Where the units of a question stand in the found articles: by article, its title before its text, and by place.

    A table of int64, shape (m, 8), which is cheaper to handle than as many arrays; flags are 0 or 1.
    """

    table: np.ndarray
