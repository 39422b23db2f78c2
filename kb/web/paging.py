"""The numbered pages of a result list."""

from __future__ import annotations

from dataclasses import dataclass

from kb.results import SearchRequest
from kb.web.addresses import changed_address

_AROUND = 2


@dataclass(frozen=True)
class PageLink:
    """One number; `address` is None where pages are left out."""

    number: int
    address: str | None
    is_current: bool = False


@dataclass(frozen=True)
class Paging:
    """Which page this is, and where the others are; `first` is the number of the page's first result."""

    number: int
    last: int
    first: int
    start: str
    previous: str | None
    next: str | None
    links: tuple[PageLink, ...]


def make_paging(request: SearchRequest, total: int, max_depth: int) -> Paging:
    """The pages of `total` results, as far as they can be paged to."""
    number = request.offset // request.limit + 1
    last = max(1, min(-(-total // request.limit), max_depth // request.limit))
    return Paging(
        number=number,
        last=last,
        first=request.offset + 1,
        start=_page(request, 1),
        previous=_page(request, min(number - 1, last)) if number > 1 else None,
        next=_page(request, number + 1) if number < last else None,
        links=_links(request, number, last) if last > 1 else (),
    )


def _links(request: SearchRequest, number: int, last: int) -> tuple[PageLink, ...]:
    shown = sorted({1, last, *range(max(1, number - _AROUND), min(last, number + _AROUND) + 1)})
    links: list[PageLink] = []
    for one in shown:
        if links and one - links[-1].number > 1:
            links.append(PageLink(one - 1, None))
        links.append(PageLink(one, _page(request, one), one == number))
    return tuple(links)


def _page(request: SearchRequest, number: int) -> str:
    return changed_address(request, offset=(number - 1) * request.limit)
