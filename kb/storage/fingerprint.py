"""Fingerprint of an index: versions of everything behind the content of the files; a change means a rebuild.

schema    fields of an article in the index (`segments/schema.py`)
analysis  language and rules of the tokenizer (`text/tokens.py`)
articles  rules for reading the files of a corpus
layout    arrays of a segment (`segments/layout.py`)
format    the generation's own JSON files (`manifest.py`)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kb.article import Corpus
from kb.segments.versions import LAYOUT_VERSION, MADE_BY_OLDER_KB, SCHEMA_VERSION
from kb.storage.generations import Generation
from kb.storage.manifest import FORMAT

if TYPE_CHECKING:
    from kb.text.tokens import Analyzer


def index_fingerprint(analyzer: Analyzer, corpus: Corpus) -> dict[str, str]:
    """Fingerprint of an index built by this program: versions by name."""
    return {
        "schema": str(SCHEMA_VERSION),
        "analysis": analyzer.fingerprint,
        "articles": corpus.fingerprint,
        "layout": str(LAYOUT_VERSION),
        "format": str(FORMAT),
    }


def changed_parts(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """A phrase for each changed part of the fingerprint: `schema changed from 1 to 2`."""
    names = [*now, *(name for name in before if name not in now)]
    return [
        f"{name} changed from {before.get(name, 'nothing')} to {now.get(name, 'nothing')}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def layout_problem(generation: Generation) -> str | None:
    """A sentence if the segments of a generation have the layout of another version of kb, else None.

    Known without opening the table of contents. Raises IndexDamaged if the manifest is unreadable.
    """
    layout = generation.manifest.fingerprint.get("layout", "0")
    if layout == str(LAYOUT_VERSION):
        return None
    if layout.isdigit() and int(layout) > LAYOUT_VERSION:
        return f"{generation.path} was made by a newer kb: it has layout {layout}, and this kb reads {LAYOUT_VERSION}"
    return f"{generation.path} {MADE_BY_OLDER_KB}"
