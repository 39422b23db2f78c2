"""The table of words is a dictionary, whatever words come in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.wordtable import LONGEST_KEY, PADDING, WordTable, keys_of

words = st.text(alphabet="ab01z", min_size=1, max_size=LONGEST_KEY)
calls = st.lists(st.lists(words, max_size=30), max_size=6)


class Numbering:
    """Numbers words by a table, and notes which of them the table calls new."""

    def __init__(self) -> None:
        self.new: list[str] = []
        self._table = WordTable()

    def number(self, listed: Sequence[str]) -> list[int]:
        lengths = np.array([len(word) for word in listed], dtype=np.int64)
        starts = np.cumsum(lengths + 1) - lengths - 1
        characters = np.frombuffer(" ".join(listed).encode() + bytes(PADDING + 1), dtype=np.uint8)

        def numbers_of_new(places: np.ndarray) -> np.ndarray:
            self.new += [listed[place] for place in places.tolist()]
            return np.arange(len(self.new) - len(places), len(self.new))

        found: list[int] = self._table.numbers(keys_of(characters, starts, lengths), numbers_of_new).tolist()
        return found


@settings(max_examples=300, deadline=None, derandomize=True)
@given(calls)
def test_each_word_has_one_number_in_the_order_in_which_they_are_met(listed: list[list[str]]) -> None:
    numbering = Numbering()
    known: dict[str, int] = {}
    for some in listed:
        assert numbering.number(some) == [known.setdefault(word, len(known)) for word in some]
    assert numbering.new == list(known)


def test_many_words_are_all_told_apart_while_the_table_grows() -> None:
    numbering = Numbering()
    every = [f"w{number}" for number in range(50_000)] + [f"{number:016}" for number in range(0, 50_000, 7)]
    for begin in range(0, len(every), 9_000):
        some = every[begin : begin + 9_000]
        assert numbering.number(some + some) == [*range(begin, begin + len(some))] * 2
    assert numbering.number(every[::-1]) == [*range(len(every))][::-1]
