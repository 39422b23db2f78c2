"""The table of strings is a dictionary, whatever substrings come in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.characters import points_of
from kb.text.interning import StringInterner

strings = st.text(alphabet="aA0é睡😀\ud800", min_size=1, max_size=20)
calls = st.lists(st.lists(strings, max_size=30), max_size=6)


def ids(interner: StringInterner, listed: Sequence[str]) -> list[int]:
    lengths = np.array([len(string) for string in listed], dtype=np.uint16)
    begins = (np.cumsum(lengths, dtype=np.uint32) - lengths).astype(np.uint32)
    result: list[int] = interner.ids(points_of("".join(listed)), begins, lengths).tolist()
    return result


@settings(max_examples=300, deadline=None, derandomize=True)
@given(calls)
def test_each_string_has_one_id_in_the_order_in_which_they_are_met(listed: list[list[str]]) -> None:
    interner = StringInterner()
    expected: dict[str, int] = {}
    for call in listed:
        first = len(interner)
        assert ids(interner, call) == [expected.setdefault(string, len(expected)) for string in call]
        assert interner.strings(first) == list(expected)[first:]
    assert interner.strings(0) == list(expected)


def test_many_strings_are_all_told_apart_while_the_table_grows() -> None:
    interner = StringInterner()
    every = [f"w{i}" for i in range(50_000)] + [f"{i:016}" for i in range(0, 50_000, 7)]
    for begin in range(0, len(every), 9_000):
        call = every[begin : begin + 9_000]
        assert ids(interner, call + call) == [*range(begin, begin + len(call))] * 2
    assert ids(interner, every[::-1]) == [*range(len(every))][::-1]
    assert interner.strings(0) == every


def test_a_string_longer_than_the_room_of_an_empty_table_finds_room() -> None:
    interner = StringInterner()
    longest = "a" * 65535
    assert ids(interner, [longest, longest[:-1], longest]) == [0, 1, 0]
    assert interner.strings(0) == [longest, longest[:-1]]
