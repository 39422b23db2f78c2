"""Telling cases as files to read: an article, queries with limits, and the snippets that they give.

A file is the article, a line of dashes, and then blocks: a line `query | characters | snippets`, and a line for each
snippet, its marks in brackets. `UPDATE_GOLDEN=1 pytest tests/search/snippets` writes the snippets anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .asking import ask
from .contract import check_all

RULE = "\n" + "-" * 80 + "\n"
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.txt"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    text, _, cases = written.partition(RULE)
    headers = [block.split("\n", 1)[0] for block in cases.strip().split("\n\n")]
    expected = text + RULE + "\n\n".join(block_of(text.strip(), header) for header in headers) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(expected, encoding="utf-8")
    else:
        assert written == expected


def block_of(text: str, header: str) -> str:
    """A header and the snippets it gives."""
    query, chars, count = (part.strip() for part in header.split(" | "))
    asked = ask(text, query)
    snippets = asked.snippets(int(count), int(chars))
    check_all(asked, snippets, int(count), int(chars))
    return "\n".join([header, *(s.html.replace("<mark>", "[").replace("</mark>", "]") for s in snippets)])
