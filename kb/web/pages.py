"""What the pages show, made from records by pure functions, so that the templates have nothing to decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kb.results import Hit, ResultPage, SearchRequest
from kb.web.addresses import (
    article_address,
    changed_address,
    external_address,
    kept_parameters,
    passage_address,
    title_address,
)
from kb.web.paging import Paging, make_paging

SORTS = (("relevance", "Relevance"), ("-date", "Newest"), ("date", "Oldest"), ("title", "Title"))
MATCHES = (("all", "All words"), ("most", "Most words"), ("any", "Any word"))
FORMS = ((False, "In any form"), (True, "Exactly as typed"))
FACETS = {"site": "Site", "year": "Year", "tag": "Tag"}

_MOST_WORDS_SHOWN = 8
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True)
class Choice:
    """A link that changes one thing about the search."""

    label: str
    address: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Passage:
    html: str
    address: str


@dataclass(frozen=True)
class ShownHit:
    """A hit as the results list shows it."""

    title: str
    title_html: str
    address: str
    here: str | None
    """Our page of the article, where the title leads elsewhere."""
    published: str | None
    published_words: str | None
    names: tuple[str, ...]
    tags: tuple[Choice, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Results:
    """A results page, or the page that says that nothing was found."""

    q: str
    total: int
    is_at_least: bool
    took: str
    paging: Paging
    hits: tuple[ShownHit, ...]
    sorts: tuple[Choice, ...]
    matches: tuple[Choice, ...]
    forms: tuple[Choice, ...]
    facets: tuple[tuple[str, tuple[Choice, ...]], ...]
    active: tuple[Choice, ...]
    """Filters in force; each links to the search without it."""
    without_filters: str | None
    suggestions: tuple[Choice, ...]
    expansions: tuple[str, ...]
    literal: str | None
    """The search for exactly what was typed, where something else was searched for."""
    inexact: str | None
    """The way back from it."""
    any_word: str | None
    kept: dict[str, str]
    """What another query typed into the box keeps."""


def make_results(request: SearchRequest, page: ResultPage, max_depth: int) -> Results:
    """What the page shows for a request and its answer."""
    return Results(
        q=visible(request.q),
        total=page.total.value,
        is_at_least=page.total.relation != "eq",
        took=duration(page.took_ms),
        paging=make_paging(request, page.total.value, max_depth),
        hits=tuple(show_hit(hit, request) for hit in page.hits),
        sorts=_choices(request, "sort", SORTS),
        matches=_choices(request, "match", MATCHES) if len(request.q.split()) > 1 else (),
        forms=_choices(request, "exact", FORMS),
        facets=_facets(request, page),
        active=_active(request),
        without_filters=_without_filters(request),
        suggestions=tuple(Choice(text, changed_address(request, q=text)) for text in page.suggestions),
        expansions=tuple(_expansion(one.text, one.words, one.complete) for one in page.query.expanded),
        literal=changed_address(request, exact=True) if _is_altered(request, page) else None,
        inexact=changed_address(request, exact=False) if request.exact else None,
        any_word=changed_address(request, match="any") if _can_loosen(request) else None,
        kept=kept_parameters(request),
    )


def show_hit(hit: Hit, request: SearchRequest) -> ShownHit:
    """A hit with its addresses and its date in words."""
    q = request.q
    return ShownHit(
        title=visible(hit.title),
        title_html=hit.title_html,
        address=title_address(hit, q),
        here=article_address(hit.id, q) if external_address(hit.url) else None,
        published=hit.published,
        published_words=date_words(hit.published),
        names=tuple(name for name in (hit.site, hit.author) if name),
        tags=tuple(Choice(tag, _filtered(request, "tag", (tag,))) for tag in hit.tags),
        passages=tuple(Passage(one.html, passage_address(hit, one, q)) for one in hit.snippets),
    )


def date_words(published: str | None) -> str | None:
    """`3 May 2024` for a day; a year, or what is no date, as it is."""
    try:
        day = date.fromisoformat(published or "")
    except ValueError:
        return published
    return f"{day.day} {day:%B} {day.year}"


def duration(milliseconds: float) -> str:
    """A time that a person can read: `0.4 ms`, `12 ms`, `1.2 s`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def language_tag(language: str | None) -> str | None:
    """A value for `lang`, if the language of an article is one."""
    return language if language and _LANGUAGE.fullmatch(language) else None


def visible(text: str) -> str:
    """A text with the characters that no page can show as one space."""
    return _UNPRINTABLE.sub(" ", text).strip()


def with_first_mark_named(html: str) -> tuple[str, int]:
    """The same HTML with an id on its first mark, and how many marks there are."""
    return html.replace("<mark>", '<mark id="first-match">', 1), html.count("<mark>")


def _choices(request: SearchRequest, field: str, choices: Sequence[tuple[object, str]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(label, changed_address(request, **{field: value}), getattr(request, field) == value)
        for value, label in choices
    )


def _facets(request: SearchRequest, page: ResultPage) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    chosen = dict(request.filters)
    facets = []
    for field, label in FACETS.items():
        counts = page.facets.get(field, ())
        # One value alone divides nothing.
        if field not in chosen and len(counts) > 1:
            links = (Choice(one.value, _filtered(request, field, (one.value,)), count=one.count) for one in counts[:8])
            facets.append((label, tuple(links)))
    return tuple(facets)


def _active(request: SearchRequest) -> tuple[Choice, ...]:
    filters = [
        Choice(f"{FACETS.get(field, field.capitalize())}: {' or '.join(values)}", _filtered(request, field, ()))
        for field, values in request.filters
    ]
    if request.published_from:
        filters.append(Choice(f"From {request.published_from}", changed_address(request, published_from=None)))
    if request.published_to:
        filters.append(Choice(f"Until {request.published_to}", changed_address(request, published_to=None)))
    return tuple(filters)


def _filtered(request: SearchRequest, field: str, values: tuple[str, ...]) -> str:
    filters = dict(request.filters) | {field: values}
    return changed_address(request, filters=tuple(sorted((name, kept) for name, kept in filters.items() if kept)))


def _without_filters(request: SearchRequest) -> str | None:
    if not _active(request):
        return None
    return changed_address(request, filters=(), published_from=None, published_to=None)


def _expansion(text: str, words: Sequence[str], complete: bool) -> str:
    shown = ", ".join(words[:_MOST_WORDS_SHOWN])
    more = len(words) - _MOST_WORDS_SHOWN
    if not complete:
        return f"“{text}” stands for the most frequent words that fit: {shown}{' …' if more > 0 else ''}"
    return f"“{text}” stands for {shown}" + (f" and {more} more" if more > 0 else "")


def _is_altered(request: SearchRequest, page: ResultPage) -> bool:
    return not request.exact and bool(page.query.expanded)


def _can_loosen(request: SearchRequest) -> bool:
    return request.match != "any" and len(request.q.split()) > 1
