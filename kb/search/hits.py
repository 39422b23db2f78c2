"""What an engine found, as the hits of a result page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int64Table, compiled
from kb.model import Answer, Hit, MatchedUnit, SearchRequest, Unit
from kb.occurrences import Occurrences
from kb.search.addresses import reading_url
from kb.search.snippets import show


def make_hits(answer: Answer, units: Sequence[Unit], request: SearchRequest) -> tuple[Hit, ...]:
    """The hits of a page with their snippets and marked titles."""
    urls = list(map(reading_url, answer.articles))
    shown = show(answer, urls, request.snippets, request.snippet_chars)
    matched = _matched(answer.occurrences, units, len(urls))
    columns = zip(answer.articles, answer.scores, urls, shown.titles, shown.snippets, matched, strict=True)
    return tuple(
        [
            Hit(
                id=article.id,
                url=url,
                title=article.title,
                title_html=title_html,
                site=article.site,
                author=article.author,
                published=article.published,
                tags=article.tags,
                score=round(score, 4),
                matched=units_had,
                snippets=snippets,
                similar=None,
            )
            for article, score, url, title_html, snippets, units_had in columns
        ]
    )


def _matched(occurrences: Occurrences, units: Sequence[Unit], count: int) -> list[tuple[MatchedUnit, ...]]:
    """For each article the units that it has, in its title and in its text."""
    if not units:
        return [()] * count
    named = [_named(unit, field) for unit in units for field in ("title", "body")]
    kinds = _kinds(occurrences.table, count, len(units)).tobytes()
    # Many articles of a page have the same.
    each = [kinds[begin : begin + len(named)] for begin in range(0, len(kinds), len(named))]
    listed = {of_one: tuple([named[n][kind - 1] for n, kind in enumerate(of_one) if kind]) for of_one in set(each)}
    return list(map(listed.__getitem__, each))


@compiled
def _kinds(table: Int64Table, articles: int, units: int) -> np.ndarray:
    """Of each article, for each unit in its title and in its text: 0 if it is not there, 2 if as typed, else 1."""
    kinds = np.zeros((articles, 2 * units), dtype=np.int8)
    for row, unit, in_title, _, _, _, as_typed, _ in table:
        column = 2 * unit + 1 - in_title
        kinds[row, column] = max(kinds[row, column], 1 + as_typed)
    return kinds


def _named(unit: Unit, field: str) -> tuple[MatchedUnit, MatchedUnit]:
    """What to say of a unit that an article has in a field: if in another form than typed, and if as typed."""
    other = MatchedUnit(unit.text, unit.kind, field)
    return other, MatchedUnit(unit.text, "exact", field) if unit.kind == "stem" else other
