"""The fields of front matter and of JSON lines, under any of the names they go by."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from kb.articles.manuscript import Manuscript

_TAGS = ("tags", "topics", "categories", "keywords")
_TRUE = frozenset({"true", "yes", "on", "1"})


def manuscript_of(fields: Mapping[Any, Any]) -> Manuscript:
    """A manuscript with every field that `fields` gives, text included."""
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
    """The value under the first of `names` that has one."""
    return next((text for name in names if (text := _written(given.get(name)))), "")


def _several(given: Mapping[str, Any], *names: str) -> list[str]:
    """All values under `names`, a list of them or one; of a mapping, its name."""
    found = []
    for name in names:
        value = given.get(name)
        for entry in value if isinstance(value, list | tuple) else [value]:
            text = _written(entry.get("name") if isinstance(entry, dict) else entry)
            if text and text not in found:
                found.append(text)
    return found


def _separated(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The value under `name`, as a list if it is a string with commas; within a list, a comma is part of a name."""
    value = given.get(name)
    return {name: value.split(",") if isinstance(value, str) else value}


def _written(value: Any) -> str:
    """A string or a number as text with its entities decoded; nothing for what is neither."""
    if isinstance(value, bool | int | float):
        return str(value)
    return html.unescape(value).strip() if isinstance(value, str) else ""
