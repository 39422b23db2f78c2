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
                id=article.id,
                url=urls[row],
                title=article.title,
                title_html=marked(article.title, titles[row]),
                site=article.site,
                author=article.author,
                published=article.published,
                tags=article.tags,
                score=round(score, 4),
                matched=matched[row],
                snippets=snippets[row],
            )
            for row, (article, score) in enumerate([(found.article, found.score) for found in answer.found])
        ]
    )


def _title_marks(occurrences: Occurrences, count: int) -> list[Ranges]:
    """For each article what is marked in its title."""
    ranges: list[Ranges] = [[] for _ in range(count)]
    (in_title,) = occurrences.in_title.nonzero()
    columns = (occurrences.rows, occurrences.begins, occurrences.ends)
    for row, begin, end in zip(*(column[in_title].tolist() for column in columns), strict=True):
        ranges[row].append((begin, end))
    return [merged(of_one) if of_one else of_one for of_one in ranges]


def _matched(occurrences: Occurrences, units: Sequence[Unit], count: int) -> list[tuple[MatchedUnit, ...]]:
    """For each article the units that it has, in its title and in its text."""
    if not units:
        return [()] * count
    keys = (occurrences.rows * len(units) + occurrences.units) * 2 + (1 - occurrences.in_title)
    found = np.zeros(count * len(units) * 2, dtype=np.int8)
    found[keys] = 1
    found[keys[occurrences.as_typed != 0]] = 2
    kinds = found.reshape(count, len(units) * 2).tolist()
    named = [(None, *_named(unit, field)) for unit in units for field in ("title", "body")]
    return [
        tuple([names[kind] for names, kind in zip(named, of_one, strict=True) if kind])  # type: ignore[misc]
        for of_one in kinds
    ]


def _named(unit: Unit, field: str) -> tuple[MatchedUnit, MatchedUnit]:
    """What to say of a unit that an article has in a field: if in another form than typed, and if as typed."""
    other = MatchedUnit(unit.text, unit.kind, field)
    return other, MatchedUnit(unit.text, "exact", field) if unit.kind == "stem" else other
