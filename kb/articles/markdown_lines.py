"""Markdown read line by line: the way for files that would cost a parser too much memory or time."""

from __future__ import annotations

import re

MAX_COST = 100_000
"""Lines, marks and cells of a file for the parser, which makes tokens of them: some 2 KB and 30 microseconds each."""

_MARK = re.compile(r"[*_~\[\]!`<>&|\\]")
_DELIMITERS = re.compile(r"[ \t]*+[-:|][-:| \t]*+")
"""The second line of a table; each row is filled up to its number of cells."""

_BLOCK_MARKS = re.compile(r"^(?:[ \t]*+(?:>|#{1,6}(?=[ \t])|[-*+](?=[ \t])))++[ \t]*+", re.M)
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*+>")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]++(.*)$", re.M)


def parsing_cost(source: str) -> int:
    """Estimate of a parser's work: lines, marks and cells of tables, empty ones included."""
    if len(source) < MAX_COST // 3:
        # Not even a text of nothing but marks could cost too much, unless it is a wide table.
        return _cells(source) if "|" in source else 0
    return source.count("\n") + sum(1 for _ in _MARK.finditer(source)) + _cells(source)


def text_of_lines(source: str) -> str:
    """The text, without the marks at the beginning of lines and without tags; marks within lines stay."""
    return _BLOCK_MARKS.sub("", _TAGS.sub("", source)).strip()


def first_heading(source: str) -> str:
    """The text of the first heading with `#`, else an empty string."""
    heading = _HEADING.search(source)
    return heading[1].strip() if heading else ""


def _cells(source: str) -> int:
    cells = width = 0
    for line in source.split("\n"):
        if not line.strip():
            width = 0
        elif "|" in line and _DELIMITERS.fullmatch(line):
            width = max(width, line.count("|") + 1)
        cells += width
    return cells
