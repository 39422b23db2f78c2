"""One article with a common word everywhere, rare ones far behind, and the tables to look for them."""

from __future__ import annotations

from pathlib import Path

from kb.engine.interface import QueryTerm
from kb.engine.terms import Terms
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of

COMMON = 6_000
"""Times that the common word stands before the rare ones, and behind."""

TEXT = f"{'teas ' * COMMON}zebra tea {'teas ' * COMMON}"
TITLE = "Teas and a zebra"

ZEBRA = TEXT.index("zebra")


def word(text: str, *more: str) -> QueryTerm:
    typed = (text, *more)
    return QueryTerm(" ".join(typed), "stem", "text", tuple((ANALYZER.stem(each),) for each in typed), 1, typed)


def open_terms(folder: Path) -> Terms:
    generation = index_of(folder, Change([article("long", TITLE, TEXT), article("short", "Tea", "A tea.")]))
    readers = [TermReader(state.open(generation), Grid(*state.grid), ANALYZER) for state in read_segments(generation)]
    return Terms(readers, 2)
