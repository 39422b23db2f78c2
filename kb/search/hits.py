"""What an engine found, as the hits of a result page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.model import Answer, Hit, MatchedUnit, SearchRequest, Unit
from kb.search.addresses import reading_url
from kb.search.markup import marked
from kb.search.snippets import Ranges, make_snippets, merged
from kb.texts import Occurrences


def make_hits(answer: Answer, units: Sequence[Unit], request: SearchRequest) -> tuple[Hit, ...]:
    """The hits of a page with their snippets and marked titles."""
    urls = [reading_url(found.article) for found in answer.found]
    snippets = make_snippets(
        answer.found, answer.occurrences, answer.weights, urls, request.snippets, request.snippet_chars
    )
    matched = _matched(answer.occurrences, units, len(answer.found))
    titles = _title_marks(answer.occurrences, len(answer.found))
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
                answer.found, urls, titles, matched, snippets, strict=True
            )
        ]
    )


def _title_marks(occurrences: Occurrences, count: int) -> list[Ranges]:
    """For each article what is marked in its title."""
    ranges: list[Ranges] = [[] for _ in range(count)]
    (in_title,) = occurrences.in_title.nonzero()
    columns = (occurrences.rows, occurrences.begins, occurrences.ends)
    for row, begin, end in zip(*(column[in_title].tolist() for column in columns), strict=True):
        ranges[row].append((begin, end))
    return [merged(of_one) for of_one in ranges]


def _matched(occurrences: Occurrences, units: Sequence[Unit], count: int) -> list[tuple[MatchedUnit, ...]]:
    """For each article the units that it has, in its title and in its text."""
    if not units:
        return [()] * count
    keys = (occurrences.rows * len(units) + occurrences.units) * 2 + (1 - occurrences.in_title)
    found = np.zeros(count * len(units) * 2, dtype=np.int8)
    found[keys] = 1
    found[keys[occurrences.as_typed != 0]] = 2
    kinds = found.reshape(count, len(units) * 2).tolist()
    named = [_named(unit, field) for unit in units for field in ("title", "body")]
    return [tuple([names[kind - 1] for names, kind in zip(named, of_one, strict=True) if kind]) for of_one in kinds]


def _named(unit: Unit, field: str) -> tuple[MatchedUnit, MatchedUnit]:
    """What to say of a unit that an article has in a field: if in another form than typed, and if as typed."""
    other = MatchedUnit(unit.text, unit.kind, field)
    return other, MatchedUnit(unit.text, "exact", field) if unit.kind == "stem" else other
