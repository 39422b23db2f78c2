"""Text and marks to HTML: the one place where a mark becomes a tag. What comes out is safe to insert in a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from kb.compiled import Int64s, Int64Table, Uint32s, compiled, inner
from kb.text.characters import concatenated, is_space, substrings, text_of

_OPEN, _CLOSE = tuple(b"<mark>"), tuple(b"</mark>")
_SPACE, _AMPERSAND, _LESS, _GREATER, _QUOTE, _APOSTROPHE = b" &<>\"'"
_AMP, _LT, _GT, _QUOT, _APOS = map(tuple, (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&#x27;"))
_LAST_ASCII = 127
_LONGEST_ESCAPE = 6


def marked(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """A text as HTML, with the marks (ordered and disjoint) in `<mark>`."""
    return _each_marked([text], [marks])[0]


def paragraphs_html(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """A whole text as HTML paragraphs; lines within a paragraph stay lines."""
    paragraphs = text.split("\n\n")
    inside: list[list[tuple[int, int]]] = []
    place = number = 0
    for paragraph in paragraphs:
        end = place + len(paragraph)
        inside.append([])
        while number < len(marks) and marks[number][0] < end:
            first, last = marks[number]
            inside[-1].append((max(first, place) - place, min(last, end) - place))
            if last > end:
                break  # a phrase may begin in one paragraph and end in the next
            number += 1
        place = end + 2
    stripped = [html.strip().replace("\n", "<br>\n") for html in _each_marked(paragraphs, inside)]
    return "\n".join([f"<p>{html}</p>" for html in stripped if html])


def _each_marked(texts: Sequence[str], marks: Sequence[Sequence[tuple[int, int]]]) -> list[str]:
    table = np.array([mark for listed in marks for mark in listed], dtype=np.int64).reshape(-1, 2)
    bounds = np.array(list(accumulate(map(len, marks), initial=0)), dtype=np.int64)
    points, ends = _html(*concatenated(texts), table, bounds)
    listed = ends.tolist()
    return substrings(text_of(points), [0, *listed], listed)


@compiled
def _html(points: Uint32s, begins: Int64s, marks: Int64Table, bounds: Int64s) -> tuple[np.ndarray, np.ndarray]:
    """All texts as HTML, and where that of each ends."""
    html = np.empty(most_html(len(points), len(marks)), dtype=np.uint32)
    ends = np.empty(len(begins) - 1, dtype=np.int64)
    count = 0
    for text in range(len(ends)):
        begin, end = begins[text], begins[text + 1] - 1
        of_text = marks[bounds[text] : bounds[text + 1]]
        count = with_html(html, count, points, begin, end, of_text, begin, False)
        ends[text] = count
    return html[:count], ends


@inner
def most_html(points: int, marks: int) -> int:
    """How many code points so many of text can become with so many marks."""
    return _LONGEST_ESCAPE * points + (len(_OPEN) + len(_CLOSE)) * marks


@inner
def with_html(
    html: np.ndarray, count: int, points: np.ndarray, begin: int, end: int, marks: np.ndarray, shift: int, in_line: bool
) -> int:
    """Writes the text `points[begin:end]` with its marks, whose places in `points` are `shift` further on.

    It goes behind the first `count` of `html`, and the result is how many there are then. A text that is to be in one
    line has one space for all white space between words, and none at its ends.
    """
    first, mark = count, 0
    is_open = is_apart = False
    boundary = marks[0, 0] + shift if len(marks) else -1
    for place in range(begin, end):
        point = points[place]
        if place == boundary and is_open:
            count = _with(html, count, _CLOSE)
            is_open, mark = False, mark + 1
            boundary = marks[mark, 0] + shift if mark < len(marks) else -1
        if in_line and (point <= _SPACE or point > _LAST_ASCII) and is_space(point):
            is_apart = count > first
            continue
        if is_apart:
            html[count], count, is_apart = _SPACE, count + 1, False
        if place == boundary:
            count = _with(html, count, _OPEN)
            is_open, boundary = True, marks[mark, 1] + shift
        if point > _GREATER:
            html[count] = point
            count += 1
        else:
            count = _with_point(html, count, point)
    return _with(html, count, _CLOSE) if is_open else count


@inner
def _with_point(html: np.ndarray, count: int, point: int) -> int:
    if point == _AMPERSAND:
        return _with(html, count, _AMP)
    if point == _LESS:
        return _with(html, count, _LT)
    if point == _GREATER:
        return _with(html, count, _GT)
    if point == _QUOTE:
        return _with(html, count, _QUOT)
    if point == _APOSTROPHE:
        return _with(html, count, _APOS)
    html[count] = point
    return count + 1


@inner
def _with(html: np.ndarray, count: int, characters: tuple[int, ...]) -> int:
    for character in characters:
        html[count] = character
        count += 1
    return count
