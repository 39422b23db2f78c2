"""What an engine found, as the hits of a result page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int64Table, compiled
from kb.model import Answer, Hit, MatchedUnit, SearchRequest, Unit
from kb.search.addresses import reading_url
from kb.search.markup import marked
from kb.search.passages import title_marks
from kb.search.snippets import make_snippets
from kb.texts import Occurrences


def make_hits(answer: Answer, units: Sequence[Unit], request: SearchRequest) -> tuple[Hit, ...]:
    """The hits of a page with their snippets and marked titles."""
    urls = [reading_url(found.article) for found in answer.found]
    snippets = make_snippets(
        answer.found,
        answer.occurrences,
        answer.sentences,
        answer.weights,
        urls,
        request.snippets,
        request.snippet_chars,
    )
    matched = _matched(answer.occurrences, units, len(answer.found))
    marks = title_marks(answer.occurrences, len(answer.found))
    return tuple(
        [
            Hit(
                id=found.article.id,
                url=url,
                title=found.article.title,
                title_html=marked(found.article.title, title_marks),
                site=found.article.site,
                author=found.article.author,
                published=found.article.published,
                tags=found.article.tags,
                score=round(found.score, 4),
                matched=units_had,
                snippets=passages,
                similar=None,
            )
            for found, url, title_marks, units_had, passages in zip(
                answer.found, urls, marks, matched, snippets, strict=True
            )
        ]
    )


def _matched(occurrences: Occurrences, units: Sequence[Unit], count: int) -> list[tuple[MatchedUnit, ...]]:
    """For each article the units that it has, in its title and in its text."""
    if not units:
        return [()] * count
    named = [_named(unit, field) for unit in units for field in ("title", "body")]
    kinds = _kinds(occurrences.table, count, len(units)).tolist()
    return [tuple([named[n][kind - 1] for n, kind in enumerate(of_one) if kind]) for of_one in kinds]


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
