"""View models of the pages, made by pure functions from records: templates decide nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kb.results import Expansion, Hit, ResultPage, SearchRequest
from kb.web.addresses import (
    article_address,
    changed_address,
    external_address,
    hidden_fields,
    passage_address,
    title_address,
)
from kb.web.paging import Paging, make_paging

SORT_LABELS = (("relevance", "Relevance"), ("-date", "Newest"), ("date", "Oldest"), ("title", "Title"))
"""Orders and their labels."""

MATCH_LABELS = (("all", "All words"), ("most", "Most words"), ("any", "Any word"))
"""Minimum-should-match modes and their labels."""

FORM_LABELS = ((False, "In any form"), (True, "Exactly as typed"))
"""Values of `exact` and their labels."""

FACET_LABELS = {"site": "Site", "year": "Year", "tag": "Tag"}
"""Facet fields and their labels, in the order of the page."""

_MAX_EXPANSION_WORDS = 8
"""Words listed of an expansion."""

_MAX_FACET_VALUES = 8
"""Values listed of a facet."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True)
class Choice:
    """Link to the same search with one change."""

    label: str
    address: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Passage:
    html: str
    address: str


@dataclass(frozen=True)
class HitView:
    """A hit of the result list."""

    title: str
    title_html: str
    address: str
    local_address: str | None
    """Address of the article page, if the title links to the original."""
    published: str | None
    published_words: str | None
    names: tuple[str, ...]
    tags: tuple[Choice, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class ResultsView:
    """A result page, with or without hits."""

    q: str
    total: int
    is_at_least: bool
    took: str
    paging: Paging
    hits: tuple[HitView, ...]
    sorts: tuple[Choice, ...]
    matches: tuple[Choice, ...]
    forms: tuple[Choice, ...]
    facets: tuple[tuple[str, tuple[Choice, ...]], ...]
    active: tuple[Choice, ...]
    """Active filters; each links to the search without the filter."""
    without_filters: str | None
    suggestions: tuple[Choice, ...]
    expansions: tuple[str, ...]
    literal: str | None
    """Address of the exact search, if words of the query were expanded."""
    inexact: str | None
    """Address of the search with other word forms, if the search is exact."""
    any_word: str | None
    hidden_fields: dict[str, str]
    """Names and values, for the search form."""


def view_results(request: SearchRequest, page: ResultPage, max_depth: int) -> ResultsView:
    """View model of the result page for a request and its answer."""
    return ResultsView(
        q=printable(request.q),
        total=page.total.value,
        is_at_least=page.total.relation != "eq",
        took=format_duration(page.took_ms),
        paging=make_paging(request, page.total.value, max_depth),
        hits=tuple(view_hit(hit, request) for hit in page.hits),
        sorts=_choices(request, "sort", SORT_LABELS),
        matches=_choices(request, "match", MATCH_LABELS) if len(request.q.split()) > 1 else (),
        forms=_choices(request, "exact", FORM_LABELS),
        facets=_facets(request, page),
        active=_active(request),
        without_filters=_without_filters(request),
        suggestions=tuple(Choice(text, changed_address(request, q=text)) for text in page.suggestions),
        expansions=tuple(map(_describe_expansion, page.query.expanded)),
        literal=changed_address(request, exact=True) if _is_expanded(request, page) else None,
        inexact=changed_address(request, exact=False) if request.exact else None,
        any_word=changed_address(request, match="any") if _can_loosen(request) else None,
        hidden_fields=hidden_fields(request),
    )


def view_hit(hit: Hit, request: SearchRequest) -> HitView:
    """View model of a hit, with links and a readable date."""
    q = request.q
    return HitView(
        title=printable(hit.title),
        title_html=hit.title_html,
        address=title_address(hit, q),
        local_address=article_address(hit.id, q) if external_address(hit.url) else None,
        published=hit.published,
        published_words=format_date(hit.published),
        names=tuple(name for name in (hit.site, hit.author) if name),
        tags=tuple(Choice(tag, _filtered(request, "tag", (tag,))) for tag in hit.tags),
        passages=tuple(Passage(snippet.html, passage_address(hit, snippet, q)) for snippet in hit.snippets),
    )


def format_date(published: str | None) -> str | None:
    """`3 May 2024` for a day; any other text unchanged."""
    try:
        day = date.fromisoformat(published or "")
    except ValueError:
        return published
    return f"{day.day} {day:%B} {day.year}"


def format_duration(milliseconds: float) -> str:
    """Duration with a unit: `0.4 ms`, `12 ms`, `1.2 s`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def language_tag(language: str | None) -> str | None:
    """Value for the `lang` attribute: a well-formed language tag (BCP 47), else None."""
    return language if language and _LANGUAGE.fullmatch(language) else None


def printable(text: str) -> str:
    """Text with each sequence of control characters and surrogates replaced by a space."""
    return _UNPRINTABLE.sub(" ", text).strip()


def anchor_first_mark(html: str) -> tuple[str, int]:
    """HTML with an id on the first highlight, and the count of highlights."""
    return html.replace("<mark>", '<mark id="first-match">', 1), html.count("<mark>")


def _choices(request: SearchRequest, field: str, choices: Sequence[tuple[object, str]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(label, changed_address(request, **{field: value}), getattr(request, field) == value)
        for value, label in choices
    )


def _facets(request: SearchRequest, page: ResultPage) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    chosen = dict(request.filters)
    facets = []
    for field, label in FACET_LABELS.items():
        counts = page.facets.get(field, ())
        # A single value narrows nothing down.
        if field not in chosen and len(counts) > 1:
            links = (
                Choice(row.value, _filtered(request, field, (row.value,)), count=row.count)
                for row in counts[:_MAX_FACET_VALUES]
            )
            facets.append((label, tuple(links)))
    return tuple(facets)


def _active(request: SearchRequest) -> tuple[Choice, ...]:
    filters = [
        Choice(f"{FACET_LABELS.get(field, field.capitalize())}: {' or '.join(values)}", _filtered(request, field, ()))
        for field, values in request.filters
    ]
    if request.published_from:
        filters.append(Choice(f"From {request.published_from}", changed_address(request, published_from=None)))
    if request.published_to:
        filters.append(Choice(f"Until {request.published_to}", changed_address(request, published_to=None)))
    return tuple(filters)


def _filtered(request: SearchRequest, field: str, values: tuple[str, ...]) -> str:
    filters = dict(request.filters) | {field: values}
    return changed_address(request, filters=tuple(sorted((name, chosen) for name, chosen in filters.items() if chosen)))


def _without_filters(request: SearchRequest) -> str | None:
    if not _active(request):
        return None
    return changed_address(request, filters=(), published_from=None, published_to=None)


def _describe_expansion(expansion: Expansion) -> str:
    shown = ", ".join(expansion.words[:_MAX_EXPANSION_WORDS])
    more = len(expansion.words) - _MAX_EXPANSION_WORDS
    if not expansion.complete:
        return f"“{expansion.text}” stands for the most frequent words that fit: {shown}{' …' if more > 0 else ''}"
    return f"“{expansion.text}” stands for {shown}" + (f" and {more} more" if more > 0 else "")


def _is_expanded(request: SearchRequest, page: ResultPage) -> bool:
    return not request.exact and bool(page.query.expanded)


def _can_loosen(request: SearchRequest) -> bool:
    return request.match != "any" and len(request.q.split()) > 1
