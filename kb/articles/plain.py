"""Plain text: the first line with text is the title, the rest without the footer is the text."""

from __future__ import annotations

import itertools
import re

from kb.articles.cleaning import TITLE_CHARACTERS, tidy
from kb.articles.footer import split_footer
from kb.articles.manuscript import Manuscript

_WRAPPED = range(50, 101)
"""Lengths, in characters, of lines wrapped by an editor, not by the author."""

_LIST_MARK = re.compile(r"(?:[-*+•–—·o]|\(?(?:\d{1,3}|[a-z])[.)])\s", re.I)
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")


def read_plain(text: str) -> Manuscript:
    """The manuscript of a plain text file."""
    title, _, rest = tidy(text).partition("\n")
    footer = split_footer(rest.strip())
    body = unwrapped(footer.text)
    if not body or len(title) > TITLE_CHARACTERS:
        # A line longer than any title is text as well: its end has to be searchable.
        body = f"{title}\n\n{body}"
    return Manuscript(title=title, text=body, site=footer.site or "", published=footer.year or "")


def unwrapped(text: str) -> str:
    """`text` with each hard-wrapped paragraph on one line."""
    return "\n\n".join(_unwrapped_paragraph(paragraph.split("\n")) for paragraph in text.split("\n\n"))


def _unwrapped_paragraph(lines: list[str]) -> str:
    widest = max(map(len, lines))
    wrapped = any(map(_breaks_off, lines[:-1]))
    joined = lines[:1]
    for line, following in itertools.pairwise(lines):
        separator = " " if wrapped and _continues(line, following, widest) else "\n"
        joined += [separator, following]
    return "".join(joined)


def _continues(line: str, following: str, widest: int) -> bool:
    if len(line) not in _WRAPPED or _LIST_MARK.match(following):
        return False
    # A line end after a sentence is an editor's only if the next word would have exceeded the widest line.
    return _breaks_off(line) or len(line) + 1 + len(following.split()[0]) > widest


def _breaks_off(line: str) -> bool:
    return len(line) in _WRAPPED and not _SENTENCE_END.search(line)
