"""HTML rendering: a text and its highlights become HTML that is safe to insert in a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from kb.compiled import Int64s, Int64Table, Uint32s, compiled, inner
from kb.text.characters import cut, is_space, lay, text_of

_OPEN, _CLOSE = tuple(b"<mark>"), tuple(b"</mark>")
_SPACE, _AMPERSAND, _LESS, _GREATER, _QUOTE, _APOSTROPHE = b" &<>\"'"
_AMP, _LT, _GT, _QUOT, _APOS = map(tuple, (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&#x27;"))
_LAST_ASCII = 127
_LONGEST_ESCAPE = 6


def marked(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    """A text as HTML, with its highlights (ordered and disjoint) in `<mark>`."""
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
    points, ends = _html(*lay(texts), table, bounds)
    cuts = ends.tolist()
    return cut(text_of(points), [0, *cuts], cuts)


@compiled
def _html(points: Uint32s, begins: Int64s, highlights: Int64Table, bounds: Int64s) -> tuple[np.ndarray, np.ndarray]:
    """All texts as HTML, and the end of each."""
    html = np.empty(most_html(len(points), len(highlights)), dtype=np.uint32)
    ends = np.empty(len(begins) - 1, dtype=np.int64)
    count = 0
    # Copies are arrays of the types that the loop over a page hands on: `write_html` is compiled for no others.
    texts, ranges = points.copy(), highlights.copy()
    for i in range(len(ends)):
        text = texts[begins[i] : begins[i + 1] - 1]
        count = ends[i] = write_html(html, count, text, ranges[bounds[i] : bounds[i + 1]], 0, False)
    return html[:count], ends


@inner
def most_html(points: int, highlights: int) -> int:
    """The most code points that the HTML of a text can have."""
    return _LONGEST_ESCAPE * points + (len(_OPEN) + len(_CLOSE)) * highlights


@inner
def write_html(
    html: np.ndarray, count: int, text: np.ndarray, highlights: np.ndarray, offset: int, in_line: bool
) -> int:
    """Write a text (code points) with its highlights to `html` behind the first `count`. Returns the new count.

    `offset` is that of the text in what the highlights count from. A text to be shown in one line gets one space for
    all white space between words, and none at its ends.
    """
    first, i = count, 0
    is_open = is_apart = False
    # Invariant: `boundary` is the next index in the text where highlight `i` begins or, if it is open, ends.
    boundary = highlights[0, 0] - offset if len(highlights) else -1
    for index in range(len(text)):
        point = text[index]
        if index == boundary and is_open:
            count = _write(html, count, _CLOSE)
            is_open, i = False, i + 1
            boundary = highlights[i, 0] - offset if i < len(highlights) else -1
        if in_line and (point <= _SPACE or point > _LAST_ASCII) and is_space(point):
            is_apart = count > first
            continue
        if is_apart:
            html[count], count, is_apart = _SPACE, count + 1, False
        if index == boundary:
            count = _write(html, count, _OPEN)
            is_open, boundary = True, highlights[i, 1] - offset
        if point > _GREATER:
            html[count] = point
            count += 1
        else:
            count = _write_escaped(html, count, point)
    return _write(html, count, _CLOSE) if is_open else count


@inner
def _write_escaped(html: np.ndarray, count: int, point: int) -> int:
    if point == _AMPERSAND:
        return _write(html, count, _AMP)
    if point == _LESS:
        return _write(html, count, _LT)
    if point == _GREATER:
        return _write(html, count, _GT)
    if point == _QUOTE:
        return _write(html, count, _QUOT)
    if point == _APOSTROPHE:
        return _write(html, count, _APOS)
    html[count] = point
    return count + 1


@inner
def _write(html: np.ndarray, count: int, characters: tuple[int, ...]) -> int:
    for character in characters:
        html[count] = character
        count += 1
    return count
