"""Pagination of a result list."""

from __future__ import annotations

from dataclasses import dataclass

from kb.results import SearchRequest
from kb.web.addresses import changed_address

_NEIGHBOURS = 2
"""Pages linked on each side of the current page."""


@dataclass(frozen=True)
class PageLink:
    """Link to a page; without an `address`, a gap for omitted pages."""

    number: int
    address: str | None
    is_current: bool = False


@dataclass(frozen=True)
class Paging:
    """Current page, counted from 1, and links to more pages; `first` is the rank of the first hit."""

    number: int
    last: int
    first: int
    start: str
    previous: str | None
    next: str | None
    links: tuple[PageLink, ...]


def make_paging(request: SearchRequest, total: int, max_depth: int) -> Paging:
    """Pages of `total` hits, up to `max_depth` hits."""
    number = request.offset // request.limit + 1
    last = max(1, min(-(-total // request.limit), max_depth // request.limit))
    return Paging(
        number=number,
        last=last,
        first=request.offset + 1,
        start=_page_address(request, 1),
        previous=_page_address(request, min(number - 1, last)) if number > 1 else None,
        next=_page_address(request, number + 1) if number < last else None,
        links=_links(request, number, last) if last > 1 else (),
    )


def _links(request: SearchRequest, number: int, last: int) -> tuple[PageLink, ...]:
    shown = sorted({1, last, *range(max(1, number - _NEIGHBOURS), min(last, number + _NEIGHBOURS) + 1)})
    links: list[PageLink] = []
    for page in shown:
        if links and page - links[-1].number > 1:
            links.append(PageLink(page - 1, None))
        links.append(PageLink(page, _page_address(request, page), page == number))
    return tuple(links)


def _page_address(request: SearchRequest, number: int) -> str:
    return changed_address(request, offset=(number - 1) * request.limit)
