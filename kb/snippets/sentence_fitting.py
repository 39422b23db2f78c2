"""Whole sentences that fit into a passage: around a match, and up to a limit."""

from __future__ import annotations

import numpy as np

from kb.compiled import Uint8s, Uint32s, compiled, inner, signed
from kb.text.sentences import HEADING, PARAGRAPH_ENDS

ENOUGH = 0.5
MEAGRE = 0.2
"""Shares of a passage: from what length it need not go on into the next paragraph; below what length it goes on even
past a heading."""


@compiled
def sentences_around(
    starts: Uint32s, ends: Uint32s, kinds: Uint8s, first: int, last: int, low: int, high: int, chars: int
) -> tuple[int, int]:
    """The sentences from that of `first` to one that ends beyond `last`: where they begin and end.

    If they do not fit in `low:high` or are more than `chars` long: where that of `first` begins, and -1.
    """
    return around(starts, ends, kinds, first, last, low, high, chars)


@inner
def around(
    starts: np.ndarray, ends: np.ndarray, kinds: np.ndarray, first: int, last: int, low: int, high: int, chars: int
) -> tuple[int, int]:
    """What `sentences_around` gives."""
    number = np.searchsorted(starts, np.uint32(first), "right") - 1
    start = signed(starts[number]) if number >= 0 else 0
    if start < max(low, last - chars):
        return start, -1
    end = end_within(ends, kinds, start, last, min(start + chars, high), chars)
    if end < 0:
        return start, -1
    # If that is short, it begins earlier, as far as it fits.
    length = end - start
    while length < ENOUGH * chars and number > 0:
        before = signed(starts[number - 1])
        if before < low or end - before > chars:
            break
        if kinds[number - 1] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            break
        number, start = number - 1, before
    return start, end


@compiled
def sentence_end(ends: Uint32s, kinds: Uint8s, start: int, low: int, high: int, chars: int) -> int:
    """The end of the last sentence that ends in `low..high` of a passage that begins at `start`; -1 if none does."""
    return end_within(ends, kinds, start, low, high, chars)


@inner
def end_within(ends: np.ndarray, kinds: np.ndarray, start: int, low: int, high: int, chars: int) -> int:
    """What `sentence_end` gives; where it is enough none beyond its paragraph, and none beyond a heading."""
    number = np.searchsorted(ends, np.uint32(max(low, 0)))
    last = -1
    while number < len(ends) and ends[number] <= high:
        last = signed(ends[number])
        length = last - start
        if kinds[number] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            before_heading = number + 1 < len(kinds) and kinds[number + 1] & HEADING
            if length >= ENOUGH * chars or before_heading:
                return last
        number += 1
    return last
