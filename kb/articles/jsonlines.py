"""JSON lines, plain or under gzip: one article a line, and a reason for each line that is none."""

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
from kb.articles.manuscript import finished
from kb.articles.naming import article_id
from kb.articles.sizes import limit_text
from kb.errors import ArticleError, ArticleWithdrawn

_CHUNK = 1 << 16
_REASONS = 100
"""Bad lines of one file that are named one by one; the rest is counted."""

_DERIVED_TITLE = 100
_LINE_ENDS = re.compile("\r\n?|\n")


def read_json_lines(data: bytes, file_id: str) -> Reading:
    """The articles of a file's lines in order, and why lines gave none."""
    articles: dict[str, tuple[int, Article]] = {}
    reasons: list[str] = []
    withdrawn: list[str] = []
    unreadable = False
    for number, line in _lines(data):
        try:
            article = _article(line, number, file_id)
        except ArticleError as error:
            reasons.append(f"line {number}: {error}")
            if isinstance(error, ArticleWithdrawn):
                withdrawn.append(error.article_id)
            else:
                unreadable = True
            continue
        if article.id in articles:
            earlier, _ = articles.pop(article.id)
            reasons.append(f"line {earlier}: replaced by line {number}, which has the same id")
        articles[article.id] = number, article
    if len(reasons) > _REASONS:
        reasons[_REASONS:] = [f"{len(reasons) - _REASONS:,} more lines for such reasons"]
    return Reading(
        articles=tuple(article for _, article in articles.values()),
        skipped=tuple(reasons),
        withdrawn=tuple(withdrawn),
        unreadable=unreadable,
    )


def expanded(data: bytes, limit: int) -> tuple[bytes, str | None]:
    """What gzip data holds, up to `limit` bytes and in whole lines, and the reason if that is not all of it."""
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
    # The last line of what was cut off is no line.
    return (content if reason is None else content[: content.rfind(b"\n") + 1]), reason


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers.

    Only `\\n` and `\\r` end a line of JSON: other line endings may stand within its strings.
    """
    if wide_encoding(data):
        lines = iter(_LINE_ENDS.split(decode(data)))
    else:
        refuse_binary(data)
        lines = (decode_narrow(line) for line in data.splitlines())
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line


def _article(line: str, number: int, file_id: str) -> Article:
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
        # The name of the file would be the same for every line.
        manuscript.title = shorten(one_line(manuscript.text.partition("\n")[0]), _DERIVED_TITLE)
    own_id = fields.get("id")
    key = one_line(str(own_id)) if isinstance(own_id, str | int) and not isinstance(own_id, bool) else ""
    return finished(manuscript, f"{file_id}/{article_id(key) or number}", "jsonl")
