"""The copyright footer under a site's articles: recognition, removal, site and year.

Only the last lines are searched. A footer line consists of footer parts from end to end: the word or the sign of
copyright, years, "all rights reserved", and names between these parts. In a sentence about copyright, the words between
the parts are no names. Below the line, only short lines without a full stop may follow: a site's name, links.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import NamedTuple

_LAST_LINES = 6
_LONGEST_LINE = 200
_NAME_WORDS = 8
_PLAIN_NAME_WORDS = 4

_RIGHTS = (
    r"\b(?:all\s+rights?\s+reserved|alle\s+rechte\s+vorbehalten|tous\s+droits\s+r[ée]serv[ée]s"
    r"|todos\s+los\s+derechos\s+reservados)\b"
)
_SIGN = r"©|\(c\)"
_YEAR = r"(?:1[89]|20|21)[0-9]{2}"
_YEARS = rf"(?<![\w.]){_YEAR}(?:\s*(?:[-–—/,]|to)\s*(?:{_YEAR}|[0-9]{{2}}|present|now)\b)?(?![\w%])"
_PART = re.compile(
    rf"(?P<rights>{_RIGHTS})|(?P<both>\bcopyright\s*(?:{_SIGN})|(?:{_SIGN})\s*copyright\b)|(?P<sign>{_SIGN})"
    rf"|(?P<word>\bcopyright\b)|(?P<years>{_YEARS})",
    re.I,
)
_HINTS = ("copyright", "©", "&copy;", "&#169;", "&#xa9;", "(c)", "reserv", "réserv", "vorbehalten")
"""Every footer has a hint, most texts have none: a cheap first search."""

_HINT = re.compile(rf"copyright|{_SIGN}|{_RIGHTS}", re.I)
_GLUED = re.compile(
    rf"(?<=[.!?\"”’)])[ \t]*(?P<footer>(?:copyright\s*)?(?:{_SIGN})\s*{_YEARS}[^.!?\n]{{0,60}}[\s.]*{_RIGHTS}"
    r"[^.!?\n]{0,80})$",
    re.I,
)
_BETWEEN = " \t.,;:|·•*/–—-"
_BY = re.compile(r"^by\s+(?=\S)", re.I)
_LAST_YEAR = re.compile(rf"{_YEAR}(?!.*{_YEAR})")
_COMPANY = re.compile(r"\b(?:inc|ltd|co|corp|llc|gmbh|e\.v|s\.a)\.$", re.I)
_SENTENCE = re.compile(r"[.!?:;,…]$")
_SENTENCE_INSIDE = re.compile(r"(?<!\b[A-Z])(?<!Inc)(?<!Ltd)(?<!Co)(?<!St)(?<!Dr)[.!?]\s")
_LIST_MARK = re.compile(r"(?:[-*+•]|\d+[.)])\s")


class Footer(NamedTuple):
    """A text without its footer, and the site and the year of the footer."""

    text: str
    site: str | None = None
    year: str | None = None


@dataclass
class _Line:
    """Parts and names of a line, in order."""

    parts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    apart: list[bool] = field(default_factory=list)
    """For each name, whether a bar, a dash or a full stop precedes."""
    year: str | None = None
    begins_with_name: bool = False


def split_footer(text: str) -> Footer:
    """`text` without its footer, and the site and the last year in the footer."""
    end = text[-_LAST_LINES * _LONGEST_LINE :].lower()
    if not any(hint in end for hint in _HINTS):
        return Footer(text)
    lines = text.split("\n")
    last = [i for i, line in enumerate(lines) if line][-_LAST_LINES:]
    for begin, i in enumerate(last):
        first, *tail = (lines[j].strip() for j in last[begin:])
        if (footer := _parse_line(first)) and all(map(_is_tail, tail)):
            return _footer("\n".join(lines[:i]), footer, tail)
    if (match := _GLUED.search(lines[last[-1]][-2 * _LONGEST_LINE :])) and (footer := _parse_line(match["footer"])):
        return _footer(text.rstrip()[: -len(match["footer"])], footer, [])
    return Footer(text)


def _footer(text: str, line: _Line, tail: list[str]) -> Footer:
    """The result for a footer with the first line `line` and further lines `tail`, below `text`."""
    site, year = _site(line), line.year
    for further in tail:
        parts = _parse_line(further)
        site = site or (_site(parts) if parts else _name(further))
        if not parts:
            break  # Only the line right under the footer can be the site's name; links follow.
        year = year or parts.year
    return Footer(text.rstrip(), site, year)


def _parse_line(text: str) -> _Line | None:
    """The parts of a footer line; None for any line but a footer's."""
    text = html.unescape(text)
    if len(text) > _LONGEST_LINE or not _HINT.search(text):
        return None
    line = _Line()
    end = 0
    for match in _PART.finditer(text):
        _add_name(line, text[end : match.start()])
        line.parts.append(match.lastgroup or "")
        if match["years"] and (year := _LAST_YEAR.search(match["years"])):
            line.year = year[0]
        end = match.end()
    _add_name(line, text[end:])
    return line if _is_footer(line) else None


def _add_name(line: _Line, between: str) -> None:
    name = between.lstrip(_BETWEEN)
    if not name:
        return
    line.begins_with_name |= not line.parts
    line.apart.append(bool(between[: -len(name)].strip()))
    line.names.append(_BY.sub("", name.rstrip(), count=1))


def _is_footer(line: _Line) -> bool:
    parts = set(line.parts)
    marks = parts & {"both", "sign", "word"}
    # The rights, or the word and the sign together: nobody begins a sentence so.
    strong = bool(parts & {"rights", "both"}) or {"sign", "word", "years"} <= parts
    if len(line.parts) > len(parts) or not (strong or parts in ({"sign"}, {"sign", "years"}, {"word", "years"})):
        return False
    if len(line.names) > ("rights" in parts) + 1:
        return False
    if line.begins_with_name and (len(line.names) > 1 or not ((strong and marks) or parts == {"sign", "years"})):
        return False
    dated = strong or {"sign", "years"} <= parts
    return all(_is_name(name, apart, dated) for name, apart in zip(line.names, line.apart, strict=True))


def _is_name(text: str, apart: bool, dated: bool) -> bool:
    """Whether the words between two parts can be the name of a site or of a copyright holder."""
    words = len(text.split())
    if words > _NAME_WORDS or _SENTENCE_INSIDE.search(text):
        return False
    ends_sentence = bool(_SENTENCE.search(text)) and not _COMPANY.search(text)
    if apart or text[0].isupper():
        return dated or not ends_sentence
    # Words in small letters, with no mark before, may well be the rest of a sentence.
    return dated and not ends_sentence and words <= _PLAIN_NAME_WORDS


def _is_tail(line: str) -> bool:
    if _parse_line(line):
        return True
    return len(line.split()) <= _NAME_WORDS and not _SENTENCE.search(line) and not _LIST_MARK.match(line)


def _site(line: _Line) -> str | None:
    # The holder precedes "All Rights Reserved"; the site, where named, follows.
    return _name(line.names[-1]) if line.names else None


def _name(text: str) -> str | None:
    name = html.unescape(text).strip(" \t|·•–—-")
    if not _COMPANY.search(name):
        name = name.rstrip(_BETWEEN)
    return name if any(map(str.isalpha, name)) else None
