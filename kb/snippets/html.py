"""HTML rendering of texts with highlights, safe to insert in a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from kb.compiled import Int64s, Int64Table, Uint32s, compiled, inner, signed
from kb.snippets.columns import RANGE_BEGIN, RANGE_END
from kb.text.characters import concatenated, is_space, substrings, text_of

_SPACE, _AMPERSAND, _LESS, _GREATER, _QUOTE, _APOSTROPHE = b" &<>\"'"
_MARK, _END_MARK, _AMP, _LT, _GT, _QUOT, _APOS = (
    int.from_bytes(characters, "little")
    for characters in (b"<mark>", b"</mark>", b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&#x27;")
)
"""At most seven ASCII characters each, as the bytes of an int, the first lowest.

A loop hands these on as `signed`: by numba's rules a constant argument is a type of its own, compiled for itself."""

_LAST_ASCII = 127
_LONGEST_ESCAPE = 6
_MARKS = len(b"<mark></mark>")


def marked(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    """A text as HTML, with the highlights (ordered and disjoint) in `<mark>`."""
    return _each_marked([text], [highlights])[0]


def paragraphs_html(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    """A whole text as HTML paragraphs; lines within a paragraph stay lines."""
    paragraphs = text.split("\n\n")
    inside: list[list[tuple[int, int]]] = []
    offset = i = 0
    for paragraph in paragraphs:
        end = offset + len(paragraph)
        inside.append([])
        while i < len(highlights) and highlights[i][0] < end:
            first, last = highlights[i]
            inside[-1].append((max(first, offset) - offset, min(last, end) - offset))
            if last > end:
                break  # a phrase may begin in one paragraph and end in the next
            i += 1
        offset = end + 2
    stripped = [html.strip().replace("\n", "<br>\n") for html in _each_marked(paragraphs, inside)]
    return "\n".join([f"<p>{html}</p>" for html in stripped if html])


def _each_marked(texts: Sequence[str], highlights: Sequence[Sequence[tuple[int, int]]]) -> list[str]:
    table = np.array([pair for pairs in highlights for pair in pairs], dtype=np.int64).reshape(-1, 2)
    bounds = np.array(list(accumulate(map(len, highlights), initial=0)), dtype=np.int64)
    points, ends = _html(*concatenated(texts), table, bounds)
    cuts = ends.tolist()
    return substrings(text_of(points), [0, *cuts], cuts)


@compiled
def _html(points: Uint32s, begins: Int64s, highlights: Int64Table, bounds: Int64s) -> tuple[np.ndarray, np.ndarray]:
    """The HTML of all texts (code points, uint32), and the end of each text's (int64)."""
    html = np.empty(most_html(len(points), len(highlights)), dtype=np.uint32)
    ends = np.empty(len(begins) - 1, dtype=np.int64)
    count = signed(0)
    # Copies are writable, like the arrays of a page: `write_html` is compiled for one type of array only.
    texts, ranges = points.copy(), highlights.copy()
    for i in range(len(ends)):
        text = texts[begins[i] : begins[i + 1] - 1]
        count = ends[i] = write_html(html, count, text, ranges[bounds[i] : bounds[i + 1]], signed(0), np.bool_(False))
    return html[:count], ends


@inner
def most_html(points: int, highlights: int) -> int:
    """Upper bound of the code points of a text's HTML."""
    return _LONGEST_ESCAPE * points + _MARKS * highlights


@inner
def write_html(
    html: np.ndarray, count: int, text: np.ndarray, highlights: np.ndarray, offset: int, in_line: np.bool_
) -> int:
    """Write a text (code points) with its highlights to `html` behind the first `count`. Returns the new count.

    `offset` is the begin of `text` in the highlights' offsets. With `in_line`, a single space replaces all white space
    between words, and none stays at the ends.
    """
    first, i = count, 0
    is_open = is_apart = False
    # Invariant: `boundary` is the index in the text where highlight `i` begins or, if open, ends.
    boundary = highlights[0, RANGE_BEGIN] - offset if len(highlights) else -1
    for index in range(len(text)):
        point = text[index]
        if index == boundary and is_open:
            count = _write(html, count, signed(_END_MARK))
            is_open, i = False, i + 1
            boundary = highlights[i, RANGE_BEGIN] - offset if i < len(highlights) else -1
        if in_line and (point <= _SPACE or point > _LAST_ASCII) and is_space(point):
            is_apart = count > first
            continue
        if is_apart:
            html[count], count, is_apart = _SPACE, count + 1, False
        if index == boundary:
            count = _write(html, count, signed(_MARK))
            is_open, boundary = True, highlights[i, RANGE_END] - offset
        if point > _GREATER:
            html[count] = point
            count += 1
        else:
            count = _write_escaped(html, count, point)
    return _write(html, count, signed(_END_MARK)) if is_open else count


@inner
def _write_escaped(html: np.ndarray, count: int, point: int) -> int:
    if point == _AMPERSAND:
        return _write(html, count, signed(_AMP))
    if point == _LESS:
        return _write(html, count, signed(_LT))
    if point == _GREATER:
        return _write(html, count, signed(_GT))
    if point == _QUOTE:
        return _write(html, count, signed(_QUOT))
    if point == _APOSTROPHE:
        return _write(html, count, signed(_APOS))
    html[count] = point
    return count + 1


@inner
def _write(html: np.ndarray, count: int, characters: int) -> int:
    while characters:
        html[count], characters = characters & 0xFF, characters >> 8
        count += 1
    return count
