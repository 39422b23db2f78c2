"""Bytes of a file to articles: the suffix selects the reader, and every exception becomes a reason."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from kb.article import Reading
from kb.articles.cleaning import visible
from kb.articles.encoding import declared_charset, decode
from kb.articles.html import read_html
from kb.articles.jsonlines import decompress, read_json_lines
from kb.articles.manuscript import Manuscript, article_from
from kb.articles.markdown import read_markdown
from kb.articles.plain import read_plain
from kb.errors import ArticleError, ArticleWithdrawn

FORMATS: dict[str, tuple[str, Callable[[str], Manuscript]]] = {
    ".txt": ("text", read_plain),
    ".md": ("markdown", read_markdown),
    ".markdown": ("markdown", read_markdown),
    ".html": ("html", read_html),
    ".htm": ("html", read_html),
}
"""By suffix: the name of the format and its reader."""

_LINES = ".jsonl"
_GZIPPED_LINES = ".jsonl.gz"
_SUFFIXES = (*FORMATS, _LINES, _GZIPPED_LINES)


def is_article_name(name: str) -> bool:
    """Whether the suffix of a file's name is that of a known format."""
    return name.lower().endswith(_SUFFIXES)


def read_articles(article_id: str, data: bytes, max_bytes: int) -> Reading:
    """The articles in a file's bytes, and reasons for unread parts; the caller adds the digest."""
    try:
        if not data.strip():
            raise ArticleError("empty")
        return _read(article_id, data, max_bytes)
    except ArticleWithdrawn as error:
        return Reading(skipped=(str(error),), withdrawn=(error.article_id,))
    except ArticleError as error:
        return Reading(skipped=(str(error),), unreadable=True)
    except Exception as error:  # a parser's failure must not stop the reading of further files
        reason = f"the reader failed: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return Reading(skipped=(reason,), unreadable=True)


def _read(article_id: str, data: bytes, max_bytes: int) -> Reading:
    name = article_id.lower()
    if name.endswith(_GZIPPED_LINES):
        return _read_gzipped(article_id, data, max_bytes)
    if name.endswith(_LINES):
        return _unless_empty(read_json_lines(data, article_id))
    format_name, read = next(row for suffix, row in FORMATS.items() if name.endswith(suffix))
    declared = declared_charset(data) if format_name == "html" else None
    manuscript = read(visible(decode(data, declared)))
    return Reading(articles=(article_from(manuscript, article_id, format_name),), skipped=manuscript.remarks)


def _read_gzipped(article_id: str, data: bytes, max_bytes: int) -> Reading:
    content, reason = decompress(data, max_bytes)
    reading = read_json_lines(content, article_id)
    if reason:
        reading = replace(reading, skipped=(*reading.skipped, reason), unreadable=True)
    return _unless_empty(reading)


def _unless_empty(reading: Reading) -> Reading:
    if reading.articles or reading.skipped:
        return reading
    raise ArticleError("empty")
