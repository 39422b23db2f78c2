"""What an engine found, as the hits of a result page."""

from __future__ import annotations

from collections.abc import Sequence

from kb.analysis import fold
from kb.model import Found, Hit, MatchedUnit, Occurrence, SearchRequest, Unit
from kb.search.addresses import reading_url
from kb.search.markup import marked
from kb.search.snippets import make_snippets, merged

LOOKED_AT = 50
"""Occurrences of a word in an article that are compared with what was typed, to tell an exact match from a stem."""


def make_hit(found: Found, units: Sequence[Unit], weights: Sequence[float], request: SearchRequest) -> Hit:
    """One hit with its snippets and marked title."""
    article = found.article
    url = reading_url(article)
    return Hit(
        id=article.id,
        url=url,
        title=article.title,
        title_html=marked(article.title, _title_marks(found.occurrences)),
        site=article.site,
        author=article.author,
        published=article.published,
        tags=article.tags,
        score=round(found.score, 4),
        matched=tuple([_matched(found, units[occurrence.unit], occurrence) for occurrence in found.occurrences]),
        snippets=make_snippets(found, weights, url, request.snippets, request.snippet_chars),
    )


def _title_marks(occurrences: Sequence[Occurrence]) -> tuple[tuple[int, int], ...]:
    ranges = [
        pair
        for occurrence in occurrences
        if occurrence.field == "title"
        for pair in zip(occurrence.begins, occurrence.ends, strict=True)
    ]
    return merged(sorted(ranges))


def _matched(found: Found, unit: Unit, occurrence: Occurrence) -> MatchedUnit:
    kind = unit.kind
    if kind == "stem":
        text = found.article.title if occurrence.field == "title" else found.article.text
        kind = "exact" if _as_typed(unit, occurrence, text) else "stem"
    return MatchedUnit(unit.text, kind, occurrence.field)


def _as_typed(unit: Unit, occurrence: Occurrence, text: str) -> bool:
    """Whether one of the occurrences is written as in the query, without regard to case and accents."""
    single = len(unit.alternatives) == 1
    wanted = fold(unit.text) if single else unit.text.casefold()
    for begin, end in zip(occurrence.begins[:LOOKED_AT], occurrence.ends, strict=False):
        written = text[begin:end]
        if (fold(written) if single else written.casefold()) == wanted:
            return True
    return False
