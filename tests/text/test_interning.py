"""The table of surfaces is a dictionary, whatever stretches come in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.interning import StringInterner

surfaces = st.text(alphabet="aA0é睡😀\ud800", min_size=1, max_size=20)
calls = st.lists(st.lists(surfaces, max_size=30), max_size=6)


def number(table: StringInterner, listed: Sequence[str]) -> list[int]:
    lengths = np.array([len(surface) for surface in listed], dtype=np.uint16)
    starts = (np.cumsum(lengths, dtype=np.uint32) - lengths).astype(np.uint32)
    points = np.frombuffer("".join(listed).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found: list[int] = table.numbers(points, starts, lengths).tolist()
    return found


@settings(max_examples=300, deadline=None, derandomize=True)
@given(calls)
def test_each_surface_has_one_number_in_the_order_in_which_they_are_met(listed: list[list[str]]) -> None:
    table = StringInterner()
    known: dict[str, int] = {}
    for some in listed:
        first = len(table)
        assert number(table, some) == [known.setdefault(surface, len(known)) for surface in some]
        assert table.surfaces(first) == list(known)[first:]
    assert table.surfaces(0) == list(known)


def test_many_surfaces_are_all_told_apart_while_the_table_grows() -> None:
    table = StringInterner()
    every = [f"w{number}" for number in range(50_000)] + [f"{number:016}" for number in range(0, 50_000, 7)]
    for begin in range(0, len(every), 9_000):
        some = every[begin : begin + 9_000]
        assert number(table, some + some) == [*range(begin, begin + len(some))] * 2
    assert number(table, every[::-1]) == [*range(len(every))][::-1]
    assert table.surfaces(0) == every
