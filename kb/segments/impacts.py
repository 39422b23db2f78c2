"""What each posting adds to an article's score, but for the rarity of its stem: the saturated part of BM25F.

    impact = w / (K1 + w),  w = sum over title and text of  WEIGHT * frequency / (1 - B + B * length / average length)

Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", sections 3.4 and 3.6: the
frequencies of fields are combined before saturation. The averages are those of the whole generation, rounded to a grid
of sixteenths of an octave, so that a few new articles leave the impacts of old segments as they are.
"""

from __future__ import annotations

from math import log2
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kb.ranking import K1, TITLE_WEIGHT, B
from kb.segments.arrays import Arrays, write_arrays

STEPS = 16
"""Points of the grid in an octave: an average is at most 2.2 % from its point."""

_POSTINGS_AT_ONCE = 1 << 17
# Memory that is used again costs less than fresh memory.


class Grid(NamedTuple):
    """Average lengths of titles and texts, as numbers of points on the grid."""

    title: int
    text: int

    @property
    def name(self) -> str:
        return f"{self.title}-{self.text}"

    @property
    def averages(self) -> tuple[float, float]:
        return 2.0 ** (self.title / STEPS), 2.0 ** (self.text / STEPS)


def grid_of(articles: int, title_tokens: int, text_tokens: int) -> Grid:
    """The point on the grid nearest to the averages of so many articles."""
    return Grid(_nearest(title_tokens, articles), _nearest(text_tokens, articles))


def write_impacts(folder: Path, name: str, arrays: Arrays, grid: Grid) -> None:
    """Write the impacts of a segment for these averages."""
    write_arrays(folder / impacts_name(name, grid), {"impacts": impacts(arrays, grid)})


def impacts_name(name: str, grid: Grid) -> str:
    return f"{name}.{grid.name}.impacts"


def impacts(arrays: Arrays, grid: Grid) -> np.ndarray:
    """The impact of every posting of a segment: float32, shape (p,)."""
    title_norm, text_norm = length_norms(arrays, grid)
    made = np.empty(len(arrays["posting_articles"]), dtype=np.float32)
    for begin in range(0, len(made), _POSTINGS_AT_ONCE):
        end = min(begin + _POSTINGS_AT_ONCE, len(made))
        articles = arrays["posting_articles"][begin:end]
        in_title = arrays["posting_in_title"][begin:end]
        in_text = np.diff(arrays["posting_offsets"][begin : end + 1]) - in_title
        made[begin:end] = saturated(in_title / title_norm[articles], in_text / text_norm[articles])
    return made


def length_norms(arrays: Arrays, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """What frequencies in the title and in the text of each article are divided by: float64, shape (d,)."""
    in_title = arrays["title_tokens"]
    in_text = np.diff(arrays["bounds"]) - in_title
    title_average, text_average = grid.averages
    return 1 - B + B * in_title / title_average, 1 - B + B * in_text / text_average


def saturated(title: np.ndarray, text: np.ndarray) -> np.ndarray:
    """Impacts of frequencies divided by their norms: float32."""
    weighed = TITLE_WEIGHT * title + text
    return (weighed / (K1 + weighed)).astype(np.float32)


def _nearest(tokens: int, articles: int) -> int:
    return round(STEPS * log2(max(tokens, 1) / max(articles, 1)))
