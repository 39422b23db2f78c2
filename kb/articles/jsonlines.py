"""JSON lines, plain or gzipped: an article a line, and a reason for each line without an article."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator

import msgspec

from kb.article import Article, Reading
from kb.articles.cleaning import one_line, shorten
from kb.articles.encoding import decode, decode_narrow, refuse_binary, wide_encoding
from kb.articles.fields import manuscript_of
from kb.articles.manuscript import article_from
from kb.articles.naming import article_id
from kb.articles.sizes import limit_text
from kb.errors import ArticleError, ArticleWithdrawn

_CHUNK = 1 << 16
"""Bytes decompressed per read."""

_MAX_REASONS = 100
"""Bad lines of a file listed one by one; the rest is counted."""

_DERIVED_TITLE_CHARACTERS = 100
_LINE_ENDS = re.compile("\r\n?|\n")


def read_json_lines(data: bytes, file_id: str) -> Reading:
    """The articles of a file's lines in order, and a reason for each line without an article."""
    articles: dict[str, tuple[int, Article]] = {}
    reasons: list[str] = []
    withdrawn: list[str] = []
    unreadable = False
    for line_number, line in _lines(data):
        try:
            article = _article(line, line_number, file_id)
        except ArticleError as error:
            reasons.append(f"line {line_number}: {error}")
            if isinstance(error, ArticleWithdrawn):
                withdrawn.append(error.article_id)
            else:
                unreadable = True
            continue
        if article.id in articles:
            earlier, _ = articles.pop(article.id)
            reasons.append(f"line {earlier}: replaced by line {line_number}, which has the same id")
        articles[article.id] = line_number, article
    if len(reasons) > _MAX_REASONS:
        reasons[_MAX_REASONS:] = [f"{len(reasons) - _MAX_REASONS:,} more lines for such reasons"]
    return Reading(
        articles=tuple(article for _, article in articles.values()),
        skipped=tuple(reasons),
        withdrawn=tuple(withdrawn),
        unreadable=unreadable,
    )


def decompress(data: bytes, limit: int) -> tuple[bytes, str | None]:
    """(content of gzip data, None), or (the whole lines within `limit` bytes, the reason for the missing rest)."""
    parts: list[bytes] = []
    size = 0
    reason = None
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while size <= limit and (part := stream.read1(_CHUNK)):
                parts.append(part)
                size += len(part)
    except EOFError:
        reason = "gzip data ends too early; the rest could not be read"
    except (OSError, zlib.error):
        reason = "not gzip data" if not parts else "damaged gzip data; the rest could not be read"
    if size > limit:
        reason = f"expands to more than {limit_text(limit)}, which is the limit; the rest was not read"
    content = b"".join(parts)[:limit]
    # The last line of incomplete content is incomplete.
    return (content if reason is None else content[: content.rfind(b"\n") + 1]), reason


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """(line number, line) of each line with any text.

    Only `\\n` and `\\r` end a line of JSON: other line endings may be part of a string.
    """
    if wide_encoding(data):
        lines = iter(_LINE_ENDS.split(decode(data)))
    else:
        refuse_binary(data)
        lines = (decode_narrow(line) for line in data.splitlines())
    for line_number, line in enumerate(lines, 1):
        if line.strip():
            yield line_number, line


def _article(line: str, line_number: int, file_id: str) -> Article:
    try:
        fields = msgspec.json.decode(line.encode("utf-8", "replace"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArticleError(f"not JSON: {error}") from error
    except RecursionError:
        raise ArticleError("not JSON: nested too deeply") from None
    if not isinstance(fields, dict):
        raise ArticleError("not a JSON object")
    manuscript = manuscript_of(fields)
    if not manuscript.title:
        # By default the title would be the name of the file, the same for every line.
        manuscript.title = shorten(one_line(manuscript.text.partition("\n")[0]), _DERIVED_TITLE_CHARACTERS)
    own_id = fields.get("id")
    key = one_line(str(own_id)) if isinstance(own_id, str | int) and not isinstance(own_id, bool) else ""
    return article_from(manuscript, f"{file_id}/{article_id(key) or line_number}", "jsonl")
