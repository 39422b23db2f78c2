"""The fields of the index, and how an article becomes one document of it and back.

| field | holds | for |
|---|---|---|
| `id` | the article's id | look-up, replacing, ties |
| `title`, `body` | stems with positions | words, ranking, marks |
| `title_word`, `body_word` | unstemmed words with positions | quoted phrases, `exact`, prefixes, wildcards, suggestions |
| `title_key` | all stems of the title as one term | the article whose title is the query comes first |
| `site`, `author`, `tag`, `language` | names as `Analyzer.keyword` compares them; a column of them as written | filters, facets |
| `published` | day number (`date.toordinal`), a signed column; 0: unknown | ranges, sorting |
| `record`, `starts`, `ends` | the article (msgpack); where its tokens lie in its text (uint32) | answers, snippets |

The text is analysed once, here, and Whoosh is handed lists of terms: its own analyzers have no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import numpy as np
from whoosh import analysis, fields
from whoosh.columns import RefBytesColumn, VarBytesColumn

from kb.analysis import Analyzer
from kb.model import Article

SCHEMA_VERSION = 1
"""Part of the index's fingerprint: raise it with any change of the fields or of what they hold."""

TAG_SEPARATOR = "\n"
"""Between the tags of an article in the column of `tag`."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Article).decode


def make_schema() -> fields.Schema:
    """The Whoosh schema of every generation."""
    terms = analysis.SpaceSeparatedTokenizer()
    text = fields.TEXT(analyzer=terms, phrase=True)
    name = fields.KEYWORD(commas=True, sortable=RefBytesColumn())
    return fields.Schema(
        id=fields.ID(unique=True, stored=True, sortable=VarBytesColumn()),
        title=fields.TEXT(analyzer=terms, phrase=True, sortable=VarBytesColumn()),
        body=text,
        title_word=text,
        body_word=text,
        title_key=fields.ID(),
        site=name,
        author=name,
        tag=name,
        language=name,
        published=fields.NUMERIC(int, signed=True, sortable=True, default=0),
        record=fields.STORED(),
        starts=fields.STORED(),
        ends=fields.STORED(),
    )


def make_document(article: Article, analyzer: Analyzer) -> dict[str, Any]:
    """The arguments of Whoosh's `add_document` for an article."""
    body = analyzer.tokens(article.text)
    title_words = analyzer.tokens(article.title).words
    title_stems = [analyzer.stem(word) for word in title_words]
    return {
        "id": article.id,
        "title": title_stems,
        "_stored_title": article.title,
        "body": [analyzer.stem(word) for word in body.words],
        "title_word": title_words,
        "body_word": body.words,
        "title_key": " ".join(title_stems) or None,
        **_names("site", [article.site], analyzer),
        **_names("author", [article.author], analyzer),
        **_names("tag", article.tags, analyzer),
        **_names("language", [article.language], analyzer),
        "published": day_number(article.published),
        "record": _encode(article),
        "starts": body.starts.tobytes(),
        "ends": body.ends.tobytes(),
    }


def read_article(stored: Mapping[str, Any]) -> Article:
    """The article that `make_document` was given, from Whoosh's stored fields."""
    return _decode(stored["record"])


def read_tokens(stored: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of the tokens of the article's text: uint32, shape (n,), read-only."""
    return np.frombuffer(stored["starts"], dtype=np.uint32), np.frombuffer(stored["ends"], dtype=np.uint32)


def day_number(published: str | None) -> int:
    """The number of a day, or of a year's first day, in the proleptic Gregorian calendar; 0 where there is none."""
    if not published:
        return 0
    return date.fromisoformat(published if len(published) > 4 else f"{published}-01-01").toordinal()


def _names(field: str, values: Any, analyzer: Analyzer) -> dict[str, Any]:
    written = [value for value in values if value]
    if not written:
        return {}
    return {field: [analyzer.keyword(value) for value in written], f"_stored_{field}": TAG_SEPARATOR.join(written)}
