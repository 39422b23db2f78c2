"""What an engine found, as the hits of a result page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.analysis import Analyzer, fold
from kb.model import Found, Hit, MatchedUnit, Occurrence, SearchRequest, Unit
from kb.search.addresses import reading_url
from kb.search.markup import marked
from kb.search.snippets import make_snippets, marks_between, matches_at

LOOKED_AT = 50
"""Occurrences of a word in an article that are compared with what was typed, to tell an exact match from a stem."""

_READ_IN = {"title": "title", "title_word": "title", "body": "body", "body_word": "body"}


def make_hit(
    found: Found, units: Sequence[Unit], weights: Sequence[float], request: SearchRequest, analyzer: Analyzer
) -> Hit:
    """One hit with its snippets and marked title."""
    article = found.article
    url = reading_url(article)
    title = analyzer.tokens(article.title)
    title_matches = matches_at(found.occurrences, ("title", "title_word"), title.starts, title.ends)
    return Hit(
        id=article.id,
        url=url,
        title=article.title,
        title_html=marked(article.title, marks_between(title_matches, 0, len(article.title))),
        site=article.site,
        author=article.author,
        published=article.published,
        tags=article.tags,
        score=round(found.score, 4),
        matched=_matched(found, units, title.starts, title.ends),
        snippets=make_snippets(found, weights, url, request.snippets, request.snippet_chars),
    )


def _matched(found: Found, units: Sequence[Unit], starts: np.ndarray, ends: np.ndarray) -> tuple[MatchedUnit, ...]:
    matched = []
    for occurrence in found.occurrences:
        unit = units[occurrence.unit]
        field = _READ_IN[occurrence.field]
        kind = unit.kind
        if kind == "stem":
            in_title = field == "title"
            text = found.article.title if in_title else found.article.text
            bounds = (starts, ends) if in_title else (found.starts, found.ends)
            kind = "exact" if _as_typed(unit, occurrence, text, *bounds) else "stem"
        matched.append(MatchedUnit(unit.text, kind, field))
    return tuple(matched)


def _as_typed(unit: Unit, occurrence: Occurrence, text: str, starts: np.ndarray, ends: np.ndarray) -> bool:
    """Whether one of the occurrences is written as in the query, without regard to case and accents."""
    typed = unit.text.split()
    wanted = fold(typed[0]) if len(typed) == 1 and len(unit.alternatives) == 1 else None
    for first, last in occurrence.spans[:LOOKED_AT].tolist():
        written = text[starts[first] : ends[last - 1]]
        if fold(written) == wanted or written.casefold() == unit.text.casefold():
            return True
    return False
