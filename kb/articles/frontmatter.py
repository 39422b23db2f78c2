"""YAML front matter: fields between two lines of `---` at the head of a Markdown file."""

from __future__ import annotations

import re
from typing import Any

import yaml

from kb.errors import ArticleError

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M)
_UNTYPED = ("bool", "int", "float", "timestamp", "binary")


class _TextLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Loader of every scalar as text: YAML would make 750 of the title `12:30` and a boolean of `No`."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and the kind are PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


for _tag in _UNTYPED:
    _TextLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", yaml.SafeLoader.construct_yaml_str)


def split_front_matter(text: str) -> tuple[dict[Any, Any], str]:
    """(fields of the front matter, text behind); without front matter, ({}, `text`).

    Raises ArticleError, with the line in the file, for malformed front matter.
    """
    opening = _OPENING.match(text)
    if not opening:
        return {}, text
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise ArticleError("front matter: line 1: opened by --- and never closed")
    return _fields(text[opening.end() : closing.start()]), text[closing.end() :]


def _fields(source: str) -> dict[Any, Any]:
    try:
        fields = yaml.load(source, _TextLoader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        raise ArticleError(f"front matter: {_line(error)}{_problem(error)}") from error
    except RecursionError:
        raise ArticleError("front matter: line 2: nested too deeply") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise ArticleError("front matter: line 2: not a list of names and values")
    return fields


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    # A mark counts lines from 0, beginning below the opening `---`.
    return f"line {mark.line + 2}: " if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return " ".join(str(problem).split())
