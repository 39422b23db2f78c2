"""Text to sentences: start and end of each sentence, ends of paragraphs, headings.

A *sentence* ends at a full stop, question mark or exclamation mark before a capital, letter without case or digit, and
at every line end. White space around a sentence and a list marker before a sentence are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import regex

PARAGRAPH_ENDS = 1
"""Flag of a sentence: the last of a paragraph, unless the text ends with the sentence."""

HEADING = 2
"""Flag of a sentence: part of a heading, a short paragraph of one line without a sentence's end."""

LONGEST_HEADING = 120
"""Code points of the longest heading."""

ABBREVIATED_WORDS = """
    Dr Mr Mrs Ms Prof St Mt Jr Sr vs e.g i.e cf No Fig Figs Vol pp al approx ca incl esp resp a.m p.m Ph.D
    """.split()  # noqa: SIM905 - a line reads better than quoted words
ABBREVIATIONS = "|".join([*map(regex.escape, ABBREVIATED_WORDS), r"[\p{Lu}]"])
"""Expression for words before a full stop that ends no sentence."""

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
AFTER_NUMERAL = r"[.)]"
UNLIKE_HEADING = r"[.!…。।,;:)\"”]"
"""Character classes, shared with the loops of `sentence_batches.py`.

EDGE is white space to `str.isspace` and `str.strip`. No heading ends with UNLIKE_HEADING.
"""

_BULLET = rf"(?:{BULLET}|{DIGIT}{{1,2}}{AFTER_NUMERAL})"
_MARKER = rf"(?:{_BULLET}[^\S\n]+)?"
_NEW_LINE = rf"(?P<gap>\s*\n\s*{_MARKER})"
_SENTENCE_END = regex.compile(
    rf"(?:(?<!\b(?:{ABBREVIATIONS}))\.|[!?…]){END}*{CLOSING}{{0,4}}"
    rf"(?:{_NEW_LINE}|(?P<gap>[^\S\n]+(?:{DASH}[^\S\n]+)?(?={OPENING}?\s?{BEGINNING})))"
    rf"|{WIDE_END}+[」』”’）)]{{0,4}}(?:{_NEW_LINE}|(?P<gap>[^\S\n]*(?![\p{{M}}\p{{GCB=Extend}}\p{{GCB=ZWJ}}]))(?!\n))"
    rf"|{_NEW_LINE}",
)
_CANDIDATE = regex.compile(rf"{END}(?={END}*{CLOSING}*\s)|{WIDE_END}|\n")
"""Beginning of every match of `_SENTENCE_END`, except white space before a line end: a cheap first search."""

_FIRST_MARKER = regex.compile(_MARKER)
_NO_HEADING = regex.compile(rf"{_BULLET}{SPACE}")
_UNLIKE_HEADING = regex.compile(UNLIKE_HEADING)

_PARAGRAPH = "\n\n"


class Sentence(NamedTuple):
    """One sentence: `text[start:end]`, and the sum of its flags."""

    start: int
    end: int
    kind: int


class SentenceSpans(NamedTuple):
    """Sentences in reading order: sentence `i` is `starts[i]:ends[i]` of its text.

    starts, ends  uint32 (s,)  offsets
    kinds         uint8 (s,)   sums of flags
    """

    starts: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray


class SentenceBatch(NamedTuple):
    """Sentences of several texts, text by text in reading order.

    counts        int64 (texts,)  sentences of each text
    starts, ends  uint32 (s,)     offsets in the own text
    kinds         uint8 (s,)      sums of flags
    """

    counts: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in reading order, none empty."""
    rows = []
    begins_paragraph = True
    heading_end = 0
    for start, end in _bounds(text):
        if begins_paragraph:
            heading_end = _heading_end(text, start)
        begins_paragraph = text.startswith(_PARAGRAPH, end)
        rows.append(Sentence(start, end, PARAGRAPH_ENDS * begins_paragraph + HEADING * (start < heading_end)))
    return rows


def _heading_end(text: str, start: int) -> int:
    """End of the heading at `start`, the first offset of a paragraph; `start` if the paragraph is no heading."""
    end = text.find("\n", start, start + LONGEST_HEADING + 1)
    if end < 0 or not text.startswith(_PARAGRAPH, end) or _UNLIKE_HEADING.match(text, end - 1):
        return start
    return start if text[start - 1 : start] not in ("", "\n") or _NO_HEADING.match(text, start) else end


def _bounds(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence."""
    breaks = list(_breaks(text))
    ends = [end for end, _ in breaks]
    ends.append(len(text.rstrip()))
    marker = _FIRST_MARKER.match(text)
    first = marker.end() if marker else 0
    starts = [first if first < ends[0] else 0]
    starts += [start for _, start in breaks]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """(end of a sentence, start of the next sentence) of each boundary."""
    last = 0
    # Invariant: no boundary is missing up to `last`, the end of the latest boundary.
    for candidate in _CANDIDATE.finditer(text):
        begin = candidate.start()
        if begin < last:
            continue
        while begin > last and text[begin] in "\n \t" and text[begin - 1].isspace():
            begin -= 1
        if match := _SENTENCE_END.match(text, begin):
            last = match.end()
            yield match.start("gap"), last
