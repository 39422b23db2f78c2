"""What a few queries find among the articles in `corpus/`, as files to read: any change of ranking shows in them.

A file names a query, the article that a person expects first, and `mode: staff` where it is one of the staff's; then
an empty line and what was found. `summary.txt` says how well all of them do. `pytest tests/relevance --update-golden`
writes what was found anew.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kb.results import Hit, QueryReport
from kb.search.searcher import Searcher

from .golden import said

HERE = Path(__file__).parent
GOLDEN = sorted((HERE / "golden").glob("*.txt"))
SHOWN = 5
DEEPEST = 100
"""Hits among which the expected article is looked for."""


class Case(NamedTuple):
    """A query of a file, and the article expected."""

    query: str
    expected: str
    mode: str = "visitor"

    @classmethod
    def of(cls, path: Path) -> Case:
        head = path.read_text(encoding="utf-8").partition("\n\n")[0]
        return cls(**dict(line.split(": ", 1) for line in head.splitlines()))

    def head(self) -> str:
        mode = f"\nmode: {self.mode}" if self.mode != "visitor" else ""
        return f"query: {self.query}\nexpected: {self.expected}{mode}\n"

    def hits(self, searcher: Searcher) -> tuple[Hit, ...]:
        return searcher.search(self.query, mode=self.mode, limit=DEEPEST).hits

    def rank(self, searcher: Searcher) -> int | None:
        """The place of the expected article, from 1 on."""
        ids = [hit.id for hit in self.hits(searcher)]
        return ids.index(self.expected) + 1 if self.expected in ids else None


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_query_finds_what_its_file_shows(samples: Searcher, path: Path) -> None:
    case = Case.of(path)
    page = samples.search(case.query, mode=case.mode, limit=SHOWN)
    rank = case.rank(samples)
    place = f"the expected one is number {rank}" if rank else "the expected one is not among them"
    found = [*_understood(page.query), f"found: {page.total.value}; {place}"]
    hits = [_shown(number, hit, case.expected) for number, hit in enumerate(page.hits, 1)]
    made = "\n".join([case.head(), *found, "", *hits])

    assert made == said(path, made)


def test_most_queries_find_the_article_that_a_person_expects(samples: Searcher) -> None:
    ranks = {path.stem: Case.of(path).rank(samples) for path in GOLDEN}
    places = [rank or DEEPEST + 1 for rank in ranks.values()]
    lines = [f"recall@{depth}  {sum(place <= depth for place in places) / len(places):.3f}" for depth in (1, SHOWN)]
    lines.append(f"MRR       {sum(1 / rank for rank in ranks.values() if rank) / len(ranks):.3f}")
    listed = [f"{rank or '-':>4}  {name}" for name, rank in ranks.items()]
    made = "\n".join([*lines, "", "rank  query", *listed, ""])

    assert made == said(HERE / "summary.txt", made)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_article_that_is_expected_is_in_the_corpus(samples: Searcher, path: Path) -> None:
    assert samples.article(Case.of(path).expected)


def _understood(report: QueryReport) -> Iterator[str]:
    yield f"searched: {report.searched}"
    if report.dropped:
        yield f"dropped: {', '.join(f'{dropped.text} ({dropped.reason})' for dropped in report.dropped)}"
    for expansion in report.expanded:
        yield f"expanded: {expansion.text} to {', '.join(expansion.words)}"
    yield from (f"warning: {warning}" for warning in report.warnings)


def _shown(number: int, hit: Hit, expected: str) -> str:
    mark = "  <- expected" if hit.id == expected else ""
    snippet = html.unescape(hit.snippets[0].html.replace("<mark>", "[").replace("</mark>", "]"))
    return f"{number}. {hit.score:>6.2f}  {hit.title}{mark}\n           {' '.join(snippet.split())}\n"
