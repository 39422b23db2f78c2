"""What `boundaries.py` says, as compiled loops, of text in which every character is one grapheme by itself.

So it is with nearly all text of the scripts that have code points below `TABLE`. What is said of other text, and of a
place behind a full stop or a line end, is left to `boundaries.py`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from kb.compiled import inner
from kb.snippets.boundaries import JOINING, LOOKED_BACK, SPACES_TRIED, TRAILING
from kb.text.characters import class_bits

TABLE = 0x2100
"""Letters of Europe, of Arabic, Hebrew and of India, and the signs of typography are below."""

_RUN, _NUMBER, _SPACE, _ALONE = (1 << bit for bit in range(4))
_CLASSES = (r"[\p{L}\p{N}]", r"\p{N}", r"\s", r"[[\p{GCB=Other}\n]--[\p{Extended_Pictographic}\p{M}]]")

NONE, UNKNOWN = -1, -2
"""In place of a place: there is none; it is left to `boundaries.py`."""

_TRAILING = tuple(map(ord, TRAILING))
_JOINING = tuple(map(ord, JOINING))
_COMMA, _STOP, _LINE_END = map(ord, ",.\n")


@cache
def character_classes() -> np.ndarray:
    """The classes of the code points below `TABLE`: uint8, shape (TABLE,)."""
    return class_bits("".join(map(chr, range(TABLE))), _CLASSES).astype(np.uint8)


@inner
def lay_classes(classes: np.ndarray, points: np.ndarray, table: np.ndarray) -> bool:
    """Writes the class of each code point, and says whether every character stands alone."""
    for place in range(len(points)):
        if points[place] >= TABLE:
            return False
        classes[place] = table[points[place]]
        if not classes[place] & _ALONE:
            return False
    return True


@inner
def is_inside_run(classes: np.ndarray, place: int) -> bool:
    """As `boundaries.is_inside_run`."""
    return 0 < place < len(classes) and classes[place - 1] & classes[place] & _RUN != 0


@inner
def run_start(classes: np.ndarray, place: int, reach: int) -> int:
    """As `boundaries.run_start`."""
    if not is_inside_run(classes, place):
        return place
    start = place
    while start > max(0, place - reach - 1) and classes[start - 1] & _RUN:
        start -= 1
    return start if place - start <= reach else place


@inner
def run_end(classes: np.ndarray, place: int, reach: int) -> int:
    """As `boundaries.run_end`."""
    if not is_inside_run(classes, place):
        return place
    end = place
    while end < min(len(classes), place + reach + 1) and classes[end] & _RUN:
        end += 1
    return end if end - place <= reach else place


@inner
def word_start(points: np.ndarray, classes: np.ndarray, low: int, high: int) -> int:
    """As `boundaries.word_start`; NONE if no word begins there."""
    if low == 0:
        return 0
    for place in range(low, min(len(points), high + 1)):
        if classes[place] & _RUN and classes[place - 1] & _SPACE:
            return place
    for place in range(low, high + 1):
        if may_cut(points, classes, place) and not classes[place] & _SPACE:
            return place
    return NONE


@inner
def word_end(points: np.ndarray, classes: np.ndarray, low: int, high: int, enough: int) -> int:
    """As `boundaries.word_end`; NONE if no word ends there, UNKNOWN if that cannot be told here."""
    if high >= len(points):
        return len(points)
    end = _last_space(points, classes, max(low, enough), high)
    if end == UNKNOWN:
        return UNKNOWN
    if end == NONE or not may_cut(points, classes, end):
        end = NONE
        for place in range(high, low - 1, -1):
            if (place == low or not classes[place - 1] & _SPACE) and may_cut(points, classes, place):
                end = place
                break
    return end if end == NONE else _without_trailing(points, classes, low, end)


@inner
def _last_space(points: np.ndarray, classes: np.ndarray, low: int, high: int) -> int:
    """The last of the last few spaces in `low..high` that no number leads to; if there is none, the last space."""
    first, spaces = NONE, 0
    for place in range(high, low - 1, -1):
        if not classes[place] & _SPACE:
            continue
        if place > 0 and (points[place - 1] == _STOP or points[place - 1] == _LINE_END):
            return UNKNOWN
        if not _ends_number(points, classes, place):
            return place
        first = max(first, place)
        spaces += 1
        if spaces == SPACES_TRIED:
            break
    return first


@inner
def _ends_number(points: np.ndarray, classes: np.ndarray, place: int) -> bool:
    """Whether what stands before a place, as far as one looks, has only digits, commas and full stops."""
    start, low = place, max(0, place - LOOKED_BACK)
    while start > low and (classes[start - 1] & _NUMBER or points[start - 1] == _COMMA or points[start - 1] == _STOP):
        start -= 1
    return start < place and (start == 0 or classes[start - 1] & _SPACE != 0)


@inner
def may_cut(points: np.ndarray, classes: np.ndarray, place: int) -> bool:
    """As `boundaries.may_cut`."""
    if not 0 < place < len(points):
        return True
    inside = is_inside_run(classes, place)
    return not (inside or _in_token(points, classes, place - 2) or _in_token(points, classes, place - 1))


@inner
def _in_token(points: np.ndarray, classes: np.ndarray, place: int) -> bool:
    """Whether a letter or digit, a sign that joins two and another letter or digit stand from a place on."""
    if place < 0 or place + 2 >= len(points) or not classes[place] & classes[place + 2] & _RUN:
        return False
    return points[place + 1] in _JOINING


@inner
def _without_trailing(points: np.ndarray, classes: np.ndarray, low: int, end: int) -> int:
    shorter = end
    while shorter > low and points[shorter - 1] in _TRAILING:
        shorter -= 1
    return shorter if low < shorter < end and may_cut(points, classes, shorter) else end


@inner
def without_space(classes: np.ndarray, low: int, end: int) -> int:
    """Where `low:end` ends without the white space at its end."""
    while end > low and classes[end - 1] & _SPACE:
        end -= 1
    return end
