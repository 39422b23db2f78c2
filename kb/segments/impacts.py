"""Impacts: the saturated term frequency of BM25F for each posting. A score is an impact times the idf of the stem.

The formula is in `kb/ranking.py`. Average lengths are taken over the whole generation and rounded to a grid of
sixteenths of an octave: a few new articles leave the impacts of old segments as they are.
"""

from __future__ import annotations

from math import log2
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kb.ranking import TITLE_WEIGHT, length_norm, saturation
from kb.segments.arrays import Arrays, write_arrays

STEPS = 16
"""Points of the grid in an octave: an average is at most 2.2 % from its point."""

_BLOCK = 1 << 17
"""Postings per pass: memory used again costs less than fresh memory."""


class Grid(NamedTuple):
    """Average lengths of titles and texts, as points on the grid: STEPS times log2 of tokens."""

    title: int
    text: int

    @property
    def name(self) -> str:
        """Part of the name of a file of impacts."""
        return f"{self.title}-{self.text}"

    @property
    def averages(self) -> tuple[float, float]:
        """Tokens of a title and of a text."""
        return 2.0 ** (self.title / STEPS), 2.0 ** (self.text / STEPS)


def grid_of(articles: int, title_tokens: int, text_tokens: int) -> Grid:
    """Point of the grid nearest to the averages; `title_tokens` and `text_tokens` are totals over all articles."""
    return Grid(_nearest(title_tokens, articles), _nearest(text_tokens, articles))


def write_impacts(folder: Path, name: str, arrays: Arrays, grid: Grid) -> None:
    """Write the file of a segment's impacts for the averages of a grid point."""
    write_arrays(folder / impacts_name(name, grid), {"impacts": impacts(arrays, grid)})


def impacts_name(name: str, grid: Grid) -> str:
    """File name of a segment's impacts."""
    return f"{name}.{grid.name}.impacts"


def impacts(arrays: Arrays, grid: Grid) -> np.ndarray:
    """The impact of every posting of a segment: float32, shape (p,)."""
    title_norm, text_norm = length_norms(arrays, grid)
    computed = np.empty(len(arrays["posting_docids"]), dtype=np.float32)
    for begin in range(0, len(computed), _BLOCK):
        end = min(begin + _BLOCK, len(computed))
        docids = arrays["posting_docids"][begin:end]
        in_title = arrays["posting_in_title"][begin:end]
        in_text = np.diff(arrays["posting_offsets"][begin : end + 1]) - in_title
        computed[begin:end] = saturated(in_title / title_norm[docids], in_text / text_norm[docids])
    return computed


def length_norms(arrays: Arrays, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Length norms of the title and of the text of each article: float64, shape (d,) each."""
    in_title = arrays["title_tokens"]
    in_text = np.diff(arrays["bounds"]) - in_title
    title_average, text_average = grid.averages
    return length_norm(in_title, title_average), length_norm(in_text, text_average)


def saturated(title: np.ndarray, text: np.ndarray) -> np.ndarray:
    """Impacts of the frequencies in titles and texts over the length norms: float32, shape of the arguments."""
    return saturation(TITLE_WEIGHT * title + text).astype(np.float32)


def _nearest(tokens: int, articles: int) -> int:
    """Point of the grid nearest to the average length; no token and no article count as one."""
    return round(STEPS * log2(max(tokens, 1) / max(articles, 1)))
