"""Doc values of a generation: filters, facet counts and sort keys, read from columns with a row an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from heapq import nsmallest
from typing import Any, NamedTuple

import numpy as np

from kb.days import day_number
from kb.deadline import NEVER, Deadline
from kb.dictionary.smallest import k_smallest_and_ties
from kb.dictionary.title_completion import SegmentTitles, first_titles
from kb.engine.interface import Selection
from kb.engine.matches import SelectedMatches
from kb.results import Sort
from kb.segments.postings import TermReader
from kb.segments.segment import NameColumn
from kb.text.tokens import Analyzer

MOST_VALUES = 100
"""Most values of a facet in an answer."""

MOST_DIGITS = 4
"""Digits of the latest year of publication; filters by longer numbers match nothing."""

_NO_DAY = np.iinfo(np.int32).max
"""Sort key, by ascending date, of an article without a day of publication."""


class _DistinctNames(NamedTuple):
    """Pairs of an article and a name of a field, each pair once, ascending by docid.

    docids  int32 (n,)
    codes   int32 (n,)  codes of `FieldNames`
    """

    docids: np.ndarray
    codes: np.ndarray


class DocValues:
    """The columns of all segments of a generation; safe to share between threads."""

    def __init__(self, segments: Sequence[TermReader], analyzer: Analyzer) -> None:
        self._segments = segments
        self._analyzer = analyzer
        self._titles = [SegmentTitles(reader.segment) for reader in segments]
        self._names: dict[tuple[int, str], _DistinctNames] = {}

    def selected(
        self, segment: int, docids: np.ndarray, selection: Selection, deadline: Deadline = NEVER
    ) -> np.ndarray | None:
        """Mask of the articles that pass the filters: bool, shape (n,); None if the selection has no filter.

        Raises DeadlinePassed while the names of a field are read.
        """
        mask: np.ndarray | None = None
        if selection.published_from or selection.published_to:
            first, last = day_number(selection.published_from), day_number(selection.published_to)
            mask = self._segments[segment].segment.published_within(docids, first or None, last or None)
        for field, values in selection.filters:
            passing = self._having(segment, field, values, deadline)[docids]
            mask = passing if mask is None else mask & passing
        return mask

    def keys(self, segment: int, docids: np.ndarray, sort: Sort) -> np.ndarray:
        """Sort keys, ascending: days, negated days or, within a segment, title ranks: int64, shape (n,).

        An article without a day comes last in both directions.
        """
        if sort == "title":
            ranks: np.ndarray = self._segments[segment].segment.arrays["title_ranks"][docids]
            return ranks.astype(np.int64)
        days = self._segments[segment].segment.arrays["days"][docids].astype(np.int64)
        return -days if sort == "-date" else np.where(days == 0, _NO_DAY, days)

    def first(self, segment: int, docids: np.ndarray, keys: np.ndarray, k: int) -> np.ndarray:
        """Indexes of the k articles with the smallest keys, ascending; ties go to the lowest id rank."""
        chosen = k_smallest_and_ties(keys, k)
        if len(chosen) > k:
            # All articles beyond the k-th share the greatest key.
            is_tied = keys[chosen] == keys[chosen].max()
            tied, before = chosen[is_tied], chosen[~is_tied]
            id_ranks = self._segments[segment].segment.id_ranks[docids[tied]]
            remaining = k - len(before)
            chosen = np.sort(np.concatenate([before, tied[id_ranks.argpartition(remaining - 1)[:remaining]]]))
        return chosen

    def shared_keys(self, segment: int, keys: np.ndarray, sort: Sort) -> list[Any]:
        """Sort keys of one segment, comparable between segments: titles instead of title ranks."""
        listed = keys.tolist()
        return [self._titles[segment].key(rank) for rank in listed] if sort == "title" else listed

    def titles(self, words: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """Ids and titles of at most `limit` articles in whose titles every word begins a word, the best first."""
        return first_titles(self._titles, words, limit)

    def counts(
        self, field: str, matches: Sequence[SelectedMatches], deadline: Deadline = NEVER
    ) -> list[tuple[str, int]]:
        """Values of a facet and the number of matches with each, the most frequent first, then by value.

        Names with one key (`Analyzer.keyword`) count as one value, spelled as in most of the matches. Raises
        DeadlinePassed while the names of the field are read.
        """
        values: dict[str, _Value] = {}
        for segment, docids, _ in matches:
            for key, name, count in self._counts(segment, field, docids, deadline):
                known = values.get(key)
                values[key] = _Value(name, count) if known is None else _added(known, name, count)
        rows = ((-value.matches, _spelling(value)) for value in values.values())
        return [(name, -count) for count, name in nsmallest(MOST_VALUES, rows)]

    def _counts(
        self, segment: int, field: str, docids: np.ndarray, deadline: Deadline
    ) -> Iterator[tuple[str, str, int]]:
        """Key, name as written, and number of the given articles of one segment with each value."""
        reader = self._segments[segment]
        if field == "year":
            years, counts = np.unique(self._years[segment][docids], return_counts=True)
            yield from ((str(y), str(y), n) for y, n in zip(years.tolist(), counts.tolist(), strict=True) if y)
            return
        names = reader.names[field]
        keys = names.keys(deadline)
        if (segment, field) not in self._names:
            self._names[segment, field] = _distinct_names(keys, names.column)
        distinct = self._names[segment, field]
        is_match = np.zeros(reader.segment.count, dtype=bool)
        is_match[docids] = True
        counts = np.bincount(distinct.codes[is_match[distinct.docids]], minlength=1)
        yield from ((keys[code], names.name(code), int(counts[code])) for code in np.flatnonzero(counts).tolist())

    def _having(self, segment: int, field: str, values: Sequence[str], deadline: Deadline) -> np.ndarray:
        """Mask of the articles of a segment with one of the values in a field: bool, shape (d,)."""
        if field == "year":
            return np.isin(
                self._years[segment],
                [int(value) for value in values if len(value) <= MOST_DIGITS and value.isdecimal()],
            )
        return self._segments[segment].names[field].having(list(map(self._analyzer.keyword, values)), deadline)

    @cached_property
    def _years(self) -> list[np.ndarray]:
        """Years of publication, 0 if unknown: an int16 array for each segment, shape (d,)."""
        columns = []
        for reader in self._segments:
            days, inverse = np.unique(reader.segment.arrays["days"], return_inverse=True)
            years = np.array([date.fromordinal(day).year if day else 0 for day in days.tolist()], dtype=np.int16)
            columns.append(years[inverse] if len(years) else years)
        return columns


def _distinct_names(keys: Sequence[str], column: NameColumn) -> _DistinctNames:
    """The names of all articles; of an article's names with one key (`Analyzer.keyword`), only the first."""
    docids = np.repeat(np.arange(len(column.bounds) - 1), np.diff(column.bounds))
    key_ids: dict[str, int] = {}
    key_of_code = np.array([key_ids.setdefault(key, len(key_ids)) for key in keys], dtype=np.int64)
    # A pair of an article and a key as one integer.
    pairs = docids * len(key_of_code) + key_of_code[column.codes]
    _, first = np.unique(pairs, return_index=True)
    return _DistinctNames(docids[first].astype(np.int32), column.codes[first])


class _Value(NamedTuple):
    """A value of a facet: the first spelling, the number of matches, and all spellings where there are several."""

    name: str
    matches: int
    spellings: dict[str, int] | None = None


def _added(value: _Value, name: str, count: int) -> _Value:
    """A value with more matches that have it, in some spelling."""
    if value.spellings is None and name == value.name:
        return _Value(name, value.matches + count)
    spellings = value.spellings or {value.name: value.matches}
    return _Value(value.name, value.matches + count, spellings | {name: spellings.get(name, 0) + count})


def _spelling(value: _Value) -> str:
    """The most frequent spelling, of equals the first by the alphabet."""
    spellings = value.spellings
    return min(spellings, key=lambda name: (-spellings[name], name)) if spellings else value.name
