"""Cleaning of characters and white space, applied to every text of an article.

Without Unicode normalisation: people see the text as written, and the tokenizer folds words by itself.
"""

from __future__ import annotations

import re

import regex

TITLE_CHARACTERS = 300
"""Longest title, including the ellipsis."""

_NEWLINES = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""Controls, soft hyphens, word joiners, and marks for the direction of text."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_REPEATED_SPACES = re.compile(" {2,}")
_EMPTY_LINES = re.compile("\n{3,}")
_TOO_MANY_MARKS = regex.compile(r"(\p{M}{30})\p{M}+")
"""More than thirty marks on a letter, the limit of the Stream-Safe Text Format (UAX #15)."""

_WORD_END = re.compile(r"\s+\S*$")


def visible(text: str) -> str:
    """`text` with `\\n` for every line ending and without invisible characters; spaces are unchanged."""
    if not _is_plain(text):
        text = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    if not text.isascii():
        text = _TOO_MANY_MARKS.sub(r"\1", _SURROGATES.sub("\ufffd", text))
    return text


def tidy(text: str) -> str:
    """`text` in visible characters, with single spaces, without spaces at line ends, with single empty lines."""
    text = visible(text).replace("\t", " ")
    if not _is_plain(text):
        text = _SPACES.sub(" ", text)
    text = _REPEATED_SPACES.sub(" ", text).replace(" \n", "\n").replace("\n ", "\n")
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _is_plain(text: str) -> bool:
    """Whether `text` has only printing characters, spaces and newlines: a cheap test, true of most texts."""
    return text.replace("\n", "").replace("\t", "").isprintable()


def one_line(text: str) -> str:
    """`text` cleaned and on one line, with a space for each line ending."""
    return " ".join((text if text.isascii() and text.isprintable() else tidy(text)).split())


def shorten(line: str, limit: int = TITLE_CHARACTERS) -> str:
    """`line`, if longer than `limit` cut after a word and closed with an ellipsis."""
    if len(line) <= limit:
        return line
    cut = line[:limit]
    words = _WORD_END.sub("", cut)
    return (words if limit // 2 < len(words) < limit else cut[:-1]).rstrip(" ,;:.–-") + "…"
