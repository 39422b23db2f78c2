"""Which pages a list of results has, and which of them are linked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.results import SearchRequest
from kb.web.paging import make_paging


def linked(offset: int, total: int) -> str:
    """The numbers of the linked pages of ten hits; a gap as dots, the current page in brackets."""
    links = make_paging(SearchRequest(q="a", offset=offset), total, 1000).links
    return " ".join(
        "…" if not link.address else f"[{link.number}]" if link.is_current else str(link.number) for link in links
    )


@pytest.mark.parametrize(
    ("page", "total", "links"),
    [
        (1, 10, ""),
        (1, 11, "[1] 2"),
        (1, 95, "[1] 2 3 … 10"),
        (5, 95, "1 … 3 4 [5] 6 7 … 10"),
        (4, 95, "1 2 3 [4] 5 6 … 10"),
        (10, 95, "1 … 8 9 [10]"),
    ],
)
def test_the_first_the_last_and_the_nearest_pages_are_linked(page: int, total: int, links: str) -> None:
    assert linked(10 * (page - 1), total) == links


@given(st.integers(0, 300), st.integers(0, 3000), st.integers(1, 100), st.integers(100, 1000))
def test_links_ascend_and_never_lead_past_the_last_page(page: int, total: int, limit: int, depth: int) -> None:
    paging = make_paging(SearchRequest(q="a", offset=page * limit, limit=limit), total, depth)
    numbers = [link.number for link in paging.links]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(1, paging.last + 1))
    assert (paging.last - 1) * limit < max(1, total)
    assert paging.last * limit <= max(depth, limit)
    assert (paging.first, paging.number) == (page * limit + 1, page + 1)


@pytest.mark.parametrize(("total", "depth", "last"), [(0, 1000, 1), (10, 1000, 1), (11, 1000, 2), (5000, 1005, 100)])
def test_no_page_is_linked_that_cannot_be_asked_for(total: int, depth: int, last: int) -> None:
    paging = make_paging(SearchRequest(q="a"), total, depth)
    assert paging.last == last
    assert (paging.next is None) == (last == 1)
