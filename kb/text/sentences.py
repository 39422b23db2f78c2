"""Text to sentences: where each begins and ends, where a paragraph ends, what is a heading.

A *sentence* ends at a full stop, a question or an exclamation mark that something in upper case follows, and wherever a
line ends. White space around it and the marker of a list before it are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import regex

PARAGRAPH_ENDS = 1
HEADING = 2
"""Kinds of sentences, which are added up: the last of its paragraph; one in a heading, which is a short paragraph of
one line that does not end like a sentence."""

LONGEST_HEADING = 120

WORDS_WITH_A_STOP = """
    Dr Mr Mrs Ms Prof St Mt Jr Sr vs e.g i.e cf No Fig Figs Vol pp al approx ca incl esp resp a.m p.m Ph.D
    """.split()  # noqa: SIM905 - a line reads better than quoted words
ABBREVIATIONS = "|".join([*map(regex.escape, WORDS_WITH_A_STOP), r"[\p{Lu}]"])
"""An expression for what a full stop may follow in the middle of a sentence."""

SPACE = r"\s"
EDGE = r"[\s\x1c-\x1f]"
LINE_END = r"\n"
END = r"[.!?…]"
WIDE_END = r"[。！？।؟]"
CLOSING = r"[\"'”’)\]»]"
OPENING = r"[\"'(\[“‘«¿¡–—-]"
BULLET = r"[-*•‣▪·–]"
DASH = r"[-*•]"
BEGINNING = r"[\p{Lu}\p{Lo}\p{N}]"
DIGIT = r"\d"
AFTER_NUMBER = r"[.)]"
UNLIKE_HEADING = r"[.!…。।,;:)\"”]"
"""Classes of characters. EDGE is what `str.isspace` and `str.strip` take for white space; UNLIKE_HEADING what a heading
does not end with."""

_BULLET = rf"(?:{BULLET}|{DIGIT}{{1,2}}{AFTER_NUMBER})"
_MARKER = rf"(?:{_BULLET}[^\S\n]+)?"
_NEW_LINE = rf"(?P<gap>\s*\n\s*{_MARKER})"
_SENTENCE_END = regex.compile(
    rf"(?:(?<!\b(?:{ABBREVIATIONS}))\.|[!?…]){END}*{CLOSING}{{0,4}}"
    rf"(?:{_NEW_LINE}|(?P<gap>[^\S\n]+(?:{DASH}[^\S\n]+)?(?={OPENING}?\s?{BEGINNING})))"
    rf"|{WIDE_END}+[」』”’）)]{{0,4}}(?:{_NEW_LINE}|(?P<gap>[^\S\n]*(?![\p{{M}}\p{{GCB=Extend}}\p{{GCB=ZWJ}}]))(?!\n))"
    rf"|{_NEW_LINE}",
)
_CANDIDATE = regex.compile(rf"{END}(?={END}*{CLOSING}*\s)|{WIDE_END}|\n")
"""What every match of `_SENTENCE_END` begins with, but for white space before a new line."""

_FIRST_MARKER = regex.compile(_MARKER)
_NO_HEADING = regex.compile(rf"{_BULLET}{SPACE}")
_UNLIKE_HEADING = regex.compile(UNLIKE_HEADING)

_PARAGRAPH = "\n\n"


class Sentence(NamedTuple):
    """`start:end` in a text, code points, and its kinds added up."""

    start: int
    end: int
    kind: int


class Sentences(NamedTuple):
    """The sentences of several texts, one after the other.

    counts        int64 (n,)   how many each text has
    starts, ends  uint32 (s,)  where each lies in its text
    kinds         uint8 (s,)
    """

    counts: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray


class SentenceRun(NamedTuple):
    """Sentences in reading order: sentence `i` is `starts[i]:ends[i]` of its text, its kind as in `Sentence`.

    starts, ends uint32, kinds uint8; shape (sentences,).
    """

    starts: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in reading order, none empty."""
    return [Sentence(*row) for row in _rows(text)]


def _rows(text: str) -> list[tuple[int, int, int]]:
    """Start, end and kind of each sentence."""
    rows = []
    begins_paragraph = True
    heading_end = 0
    for start, end in _bounds(text):
        if begins_paragraph:
            heading_end = _heading_end(text, start)
        begins_paragraph = text.startswith(_PARAGRAPH, end)
        rows.append((start, end, PARAGRAPH_ENDS * begins_paragraph + HEADING * (start < heading_end)))
    return rows


def _heading_end(text: str, start: int) -> int:
    """Where the heading ends that begins with a paragraph; `start` where that is none."""
    end = text.find("\n", start, start + LONGEST_HEADING + 1)
    if end < 0 or not text.startswith(_PARAGRAPH, end) or _UNLIKE_HEADING.match(text, end - 1):
        return start
    return start if text[start - 1 : start] not in ("", "\n") or _NO_HEADING.match(text, start) else end


def _bounds(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence."""
    breaks = list(_breaks(text))
    ends = [end for end, _ in breaks]
    ends.append(len(text.rstrip()))
    marker = _FIRST_MARKER.match(text)
    first = marker.end() if marker else 0
    starts = [first if first < ends[0] else 0]
    starts += [start for _, start in breaks]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """Where one sentence ends and where the next begins."""
    place = 0
    for candidate in _CANDIDATE.finditer(text):
        start = candidate.start()
        if start < place:
            continue
        while start > place and text[start] in "\n \t" and text[start - 1].isspace():
            start -= 1
        if match := _SENTENCE_END.match(text, start):
            place = match.end()
            yield match.start("gap"), place
