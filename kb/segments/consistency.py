"""Consistency of the arrays of a segment: bounds ascend within the arrays they bound, columns have a row an article.

Checked whenever a segment is opened, in microseconds to milliseconds: bounds are few, and a wrong one would reach over
all other articles. Values of the large arrays are not looked at; loops over them check each index. Arrays that pass may
still be damaged: only checksums exclude that.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kb.errors import IndexDamaged
from kb.segments.arrays import Arrays
from kb.segments.schema import NAME_FIELDS

_OF_ARTICLES = {
    "bounds": ("tokens", "starts", "lengths", "positions"),
    "sentence_bounds": ("sentence_starts", "sentence_ends", "sentence_tokens", "sentence_kinds"),
    "id_bounds": ("ids",),
    "record_bounds": ("records",),
    "text_bounds": ("texts",),
    **{f"{field}_bounds": (f"{field}_codes",) for field in NAME_FIELDS},
}
"""Bounds with a group for each article, and the arrays bounded."""

_OF_OTHERS = {
    "posting_bounds": ("posting_docids", "posting_in_title"),
    "sorted_word_bounds": ("sorted_words",),
    "sorted_title_bounds": ("sorted_titles",),
    "titled_bounds": ("titled",),
    **{f"{field}_value_bounds": (f"{field}_values",) for field in NAME_FIELDS},
}
"""Bounds with a group for each stem, word, title or name, and the arrays bounded."""

_COLUMNS = (
    *("title_tokens", "days", "widths", "id_hashes", "id_order", "title_hashes", "title_order"),
    *("titled", "title_ranks", "id_ranks"),
)
"""Arrays with an element for each article."""


def check_consistency(path: Path, arrays: Arrays) -> None:
    """Compare the sizes and bounds of a segment's arrays; raises IndexDamaged, which names the file and the array."""
    try:
        _check(path, arrays)
    except KeyError as error:
        raise IndexDamaged(f"{path} is damaged: it has no array {error.args[0]}") from None


def _check(path: Path, arrays: Arrays) -> None:
    articles = len(arrays["bounds"]) - 1
    for name, bounded in (_OF_ARTICLES | _OF_OTHERS).items():
        for array in bounded:
            if not _are_bounds(arrays[name], arrays[array]):
                raise IndexDamaged(f"{path} is damaged: {name} are no ascending bounds of {array}")
    for name in _OF_ARTICLES:
        if len(arrays[name]) != articles + 1:
            raise IndexDamaged(f"{path} is damaged: {name} are not those of {articles} articles")
    for name in _COLUMNS:
        if arrays[name].shape != (articles,):
            raise IndexDamaged(f"{path} is damaged: {name} is no column of {articles} articles")
    if arrays["posting_offsets"].shape != (len(arrays["posting_docids"]) + 1,):
        raise IndexDamaged(f"{path} is damaged: posting_offsets are not those of the postings")


def _are_bounds(bounds: np.ndarray, bounded: np.ndarray) -> bool:
    """Whether bounds begin with 0, never descend and end with the length of the bounded array."""
    if bounds.dtype != np.int64 or bounds.ndim != 1 or bounded.ndim != 1 or not len(bounds):
        return False
    return bool(bounds[0] == 0 and bounds[-1] == len(bounded) and (bounds[1:] >= bounds[:-1]).all())
