"""Characters and white space: what every text goes through before it becomes part of an article.

Unicode normalisation is not part of it: offsets into the text are shown to people, and the analysis folds by itself.
"""

from __future__ import annotations

import re

import regex

TITLE_CHARACTERS = 300
"""The longest title, its ellipsis included."""

_NEWLINES = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""Controls, soft hyphens, joiners without width, and the marks that turn the direction of what follows them."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_RUN_OF_SPACES = re.compile(" {2,}")
_EMPTY_LINES = re.compile("\n{3,}")
_TOO_MANY_MARKS = regex.compile(r"(\p{M}{30})\p{M}+")
"""Thirty marks on a letter are what UAX #15 allows in its Stream-Safe Text Format."""

_WORD_END = re.compile(r"\s+\S*$")


def visible(text: str) -> str:
    """`text` with `\\n` as its only line ending and without characters that show nothing; spaces stay as they are."""
    if not _is_plain(text):
        text = _UNSEEN.sub("", _NEWLINES.sub("\n", text))
    if not text.isascii():
        text = _TOO_MANY_MARKS.sub(r"\1", _SURROGATES.sub("\ufffd", text))
    return text


def tidy(text: str) -> str:
    """`text` cleaned: visible characters, single spaces, no spaces at the ends of lines, one empty line at most."""
    text = visible(text).replace("\t", " ")
    if not _is_plain(text):
        text = _SPACES.sub(" ", text)
    text = _RUN_OF_SPACES.sub(" ", text).replace(" \n", "\n").replace("\n ", "\n")
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _is_plain(text: str) -> bool:
    """Whether `text` holds nothing but characters that print, spaces and newlines: cheap, and true of most texts."""
    return text.replace("\n", "").replace("\t", "").isprintable()


def one_line(text: str) -> str:
    """`text` cleaned, with a space for each line ending."""
    return " ".join((text if text.isascii() and text.isprintable() else tidy(text)).split())


def shorten(line: str, limit: int = TITLE_CHARACTERS) -> str:
    """`line`, cut after a word and closed with an ellipsis where it is longer than `limit`."""
    if len(line) <= limit:
        return line
    cut = line[:limit]
    words = _WORD_END.sub("", cut)
    return (words if limit // 2 < len(words) < limit else cut[:-1]).rstrip(" ,;:.–-") + "…"
