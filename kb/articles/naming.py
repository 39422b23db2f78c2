"""Ids and titles from the names of files."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from kb.articles.cleaning import one_line, shorten

_ESCAPED = re.compile("[\udc80-\udcff]")
_SUFFIX = re.compile(r"\.(?:txt|md|markdown|html?|jsonl(?:\.gz)?)$", re.I)
_SEPARATORS = re.compile(r"[-_\s]+")


def article_id(path: str) -> str:
    """The id for a path in the corpus: NFC, with undecodable bytes percent-encoded."""
    return unicodedata.normalize("NFC", _ESCAPED.sub(_percent, path))


def readable_name(path: str) -> str:
    """The name of a file as a title: `vitamin-d_in_winter.txt` gives `Vitamin d in winter`."""
    stem = _SUFFIX.sub("", PurePosixPath(article_id(path)).name)
    name = one_line(_SEPARATORS.sub(" ", stem)) or one_line(stem)
    return shorten(name[:1].upper() + name[1:]) or "Untitled"


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]) - 0xDC00:02X}"
