"""Text and ranges to HTML: the one place where a mark becomes a tag. What comes out is safe to insert in a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from re import compile as pattern

ELLIPSIS = "…"

_SPECIAL = pattern("[&<>\"']")
"""What has to be escaped; most passages have none of it."""


def marked(text: str, marks: Sequence[tuple[int, int]], start: int = 0, end: int | None = None, at: int = 0) -> str:
    """`text[start:end]` as HTML, with the marks (ordered and disjoint) in `<mark>`; their places are `at` and more."""
    end = len(text) if end is None else end
    special = _SPECIAL.search(text, start, end)
    html = ""
    place = start
    for first, last in marks:
        before, inside = text[place : first - at], text[first - at : last - at]
        html += f"{escape(before)}<mark>{escape(inside)}</mark>" if special else f"{before}<mark>{inside}</mark>"
        place = last - at
    rest = text[place:end]
    return html + (escape(rest) if special else rest)


def passage_html(text: str, at: int, marks: Sequence[tuple[int, int]], begins: bool, ends: bool) -> str:
    """A passage in one line, with an ellipsis on each side where it does not begin or end with a sentence.

    The marks are places in the whole text, in which the passage begins `at`.
    """
    html = marked(text, marks, at=at)
    if "\n" in html or "  " in html or not html.isascii():
        html = " ".join(html.split())
    return f"{'' if begins else ELLIPSIS}{html}{'' if ends else ELLIPSIS}"


def paragraphs_html(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """A whole text as HTML paragraphs; lines within a paragraph stay lines."""
    parts: list[str] = []
    place = number = 0
    for paragraph in text.split("\n\n"):
        end = place + len(paragraph)
        inside: list[tuple[int, int]] = []
        while number < len(marks) and marks[number][0] < end:
            first, last = marks[number]
            inside.append((max(first, place), min(last, end)))
            if last > end:
                break  # a phrase may begin in one paragraph and end in the next
            number += 1
        if paragraph.strip():
            parts.append(f"<p>{marked(text, inside, place, end).strip().replace(chr(10), '<br>' + chr(10))}</p>")
        place = end + 2
    return "\n".join(parts)
