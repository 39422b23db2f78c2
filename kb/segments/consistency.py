"""Consistency of the arrays of a segment: bounds ascend within the arrays they bound, columns have a row an article.

Checked whenever a segment is opened, in microseconds to milliseconds: bounds are few, and a wrong one would reach over
all other articles. Values of the large arrays are not looked at; loops over them check each index. Arrays that pass may
still be damaged: only checksums exclude that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
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

_COLUMNS = {
    "bounds": (
        *("title_tokens", "days", "widths", "id_hashes", "id_order", "title_hashes", "title_order"),
        *("titled", "title_ranks", "id_ranks"),
    ),
    "sorted_word_bounds": ("stem_of_word", "word_articles", "sorted_word_ids"),
    "sorted_title_bounds": ("sorted_title_lengths",),
}
"""Arrays with an element for each article, word or title, by the bounds with a group for each."""


def check_consistency(path: Path, arrays: Arrays) -> None:
    """Compare the sizes and bounds of a segment's arrays; raises IndexDamaged, which names the file and the array."""
    try:
        problem = next(chain(_wrong_bounds(arrays), _wrong_sizes(arrays)), None)
    except KeyError as error:
        problem = f"it has no array {error.args[0]}"
    if problem:
        raise IndexDamaged(f"{path} is damaged: {problem}")


def _wrong_bounds(arrays: Arrays) -> Iterator[str]:
    """Half a sentence for each pair of bounds and array that do not fit."""
    for name, bounded in (_OF_ARTICLES | _OF_OTHERS).items():
        for array in bounded:
            if not _are_bounds(arrays[name], arrays[array]):
                yield f"{name} are no ascending bounds of {array}"


def _wrong_sizes(arrays: Arrays) -> Iterator[str]:
    """Half a sentence for each array of a wrong shape; the bounds are right."""
    for like, names in (("bounds", tuple(_OF_ARTICLES)), ("sorted_title_bounds", ("titled_bounds",))):
        for name in names:
            if len(arrays[name]) != len(arrays[like]):
                yield f"{name} have not as many groups as {like}"
    for like, names in _COLUMNS.items():
        for name in names:
            if arrays[name].shape != (len(arrays[like]) - 1,):
                yield f"{name} has no element for each group of {like}"
    if arrays["posting_offsets"].shape != (len(arrays["posting_docids"]) + 1,):
        yield "posting_offsets are not those of the postings"


def _are_bounds(bounds: np.ndarray, bounded: np.ndarray) -> bool:
    """Whether bounds begin with 0, never descend and end with the length of the bounded array."""
    if bounds.dtype != np.int64 or bounds.ndim != 1 or bounded.ndim != 1 or not len(bounds):
        return False
    return bool(bounds[0] == 0 and bounds[-1] == len(bounded) and (bounds[1:] >= bounds[:-1]).all())
