"""The fields of front matter and of JSON lines, under any of their common names."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from kb.articles.manuscript import Manuscript

_TAGS = ("tags", "topics", "categories", "keywords")
_TRUE = frozenset({"true", "yes", "on", "1"})


def manuscript_of(fields: Mapping[Any, Any]) -> Manuscript:
    """A manuscript with every known field of `fields`, including the text."""
    given = {str(name).strip().lower(): value for name, value in fields.items()}
    return Manuscript(
        title=_first(given, "title"),
        text=_first(given, "text", "body"),
        url=_first(given, "url", "canonical"),
        site=_first(given, "site", "source"),
        author=", ".join(_several(given, "author", "authors")),
        published=_first(given, "date", "published"),
        tags=tuple(tag for name in _TAGS for tag in _several(_separated(given, name), name)),
        language=_first(given, "language", "lang"),
        summary=_first(given, "summary", "description", "deck"),
        draft=_written(given.get("draft")).lower() in _TRUE,
    )


def _first(given: Mapping[str, Any], *names: str) -> str:
    """The first value under any of `names`, in order; empty without a value."""
    return next((text for name in names if (text := _written(given.get(name)))), "")


def _several(given: Mapping[str, Any], *names: str) -> list[str]:
    """All distinct values under `names`: a single value, each value of a list, the `name` of a mapping."""
    texts: dict[str, None] = {}
    for name in names:
        value = given.get(name)
        for entry in value if isinstance(value, list | tuple) else [value]:
            texts[_written(entry.get("name") if isinstance(entry, dict) else entry)] = None
    return list(filter(None, texts))


def _separated(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The value under `name`, a string split at its commas; in a list, a comma is part of a name."""
    value = given.get(name)
    return {name: value.split(",") if isinstance(value, str) else value}


def _written(value: Any) -> str:
    """Text of a string, with entities decoded, a number or a truth value; empty for any other value."""
    if isinstance(value, bool | int | float):
        return str(value)
    return html.unescape(value).strip() if isinstance(value, str) else ""
