"""What a generation knows of its articles besides their words: days, names, titles, ids; for filters and orders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from kb.days import day_number
from kb.engine.interface import Selection
from kb.engine.matches import Candidates, first_of
from kb.engine.title_completion import SegmentTitles, first_titles
from kb.segments.postings import TermReader
from kb.text.tokens import Analyzer

MOST_VALUES = 100
"""Values of a facet that are counted out; the most frequent ones."""

MOST_DIGITS = 4
"""Of a year: no article was published in a later one."""


class DocValues:
    """The columns of all segments of a generation."""

    def __init__(self, segments: Sequence[TermReader], analyzer: Analyzer) -> None:
        self._segments = segments
        self._analyzer = analyzer
        self._titles = [SegmentTitles(reader.segment) for reader in segments]
        self._named: dict[tuple[int, str], tuple[np.ndarray, np.ndarray]] = {}

    def selected(self, segment: int, articles: np.ndarray, selection: Selection) -> np.ndarray | None:
        """Which of the articles the filters let through: bool, shape (articles,); None for all."""
        kept: np.ndarray | None = None
        if selection.published_from or selection.published_to:
            days = self._segments[segment].segment.arrays["days"][articles]
            last = day_number(selection.published_to) or np.iinfo(np.int32).max
            kept = (days >= max(1, day_number(selection.published_from))) & (days <= last)
        for field, values in selection.filters:
            mask = self._having(segment, field, values)[articles]
            kept = mask if kept is None else kept & mask
        return kept

    def keys(self, segment: int, articles: np.ndarray, sort: str) -> np.ndarray:
        """What the articles are sorted by, ascending; an article without a date comes last either way: int64.

        For titles, their ranks in this segment.
        """
        if sort == "title":
            ranks: np.ndarray = self._segments[segment].segment.arrays["title_ranks"][articles]
            return ranks.astype(np.int64)
        days = self._segments[segment].segment.arrays["days"][articles].astype(np.int64)
        return -days if sort == "-date" else np.where(days == 0, np.iinfo(np.int32).max, days)

    def first(self, segment: int, articles: np.ndarray, keys: np.ndarray, wanted: int) -> np.ndarray:
        """Which of the articles have the `wanted` smallest keys, of equal ones the first ids: indexes, ascending."""
        chosen = first_of(keys, wanted)
        if len(chosen) > wanted:
            # All beyond the last place have its key.
            last = keys[chosen] == keys[chosen].max()
            equal, before = chosen[last], chosen[~last]
            ids = self._segments[segment].segment.id_ranks[articles[equal]]
            left = wanted - len(before)
            chosen = np.sort(np.concatenate([before, equal[ids.argpartition(left - 1)[:left]]]))
        return chosen

    def shared_keys(self, segment: int, keys: np.ndarray, sort: str) -> list[Any]:
        """What stands for the keys of some articles among those of other segments: for titles, not their ranks."""
        listed = keys.tolist()
        return [self._titles[segment].key(rank) for rank in listed] if sort == "title" else listed

    def titles(self, words: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """Ids and titles of at most `limit` articles in whose titles every word begins a word, the best first."""
        return first_titles(self._titles, words, limit)

    def counts(self, field: str, candidates: Sequence[Candidates]) -> list[tuple[str, int]]:
        """How many of the candidates have each value of a facet, the most frequent first, then by value.

        Names that a filter does not tell apart count as one, shown as most of the candidates write it.
        """
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for segment, articles, _ in candidates:
            for key, name, count in self._counts(segment, field, articles):
                spellings[key][name] += count
        rows = [(min(c, key=lambda name: (-c[name], name)), c.total()) for c in spellings.values()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))[:MOST_VALUES]

    def _counts(self, segment: int, field: str, articles: np.ndarray) -> Iterator[tuple[str, str, int]]:
        """Key, name as written and frequency of each value."""
        reader = self._segments[segment]
        if field == "year":
            years, counts = np.unique(self._years[segment][articles], return_counts=True)
            yield from ((str(y), str(y), n) for y, n in zip(years.tolist(), counts.tolist(), strict=True) if y)
            return
        if (segment, field) not in self._named:
            self._named[segment, field] = _each_name_once(reader, field)
        owners, codes = self._named[segment, field]
        among = np.zeros(reader.segment.count, dtype=bool)
        among[articles] = True
        counts = np.bincount(codes[among[owners]], minlength=1)
        keys, names = reader.name_keys[field], reader.names[field]
        yield from ((keys[code], names[code], int(counts[code])) for code in np.flatnonzero(counts).tolist())

    def _having(self, segment: int, field: str, values: Sequence[str]) -> np.ndarray:
        if field == "year":
            return np.isin(
                self._years[segment],
                [int(value) for value in values if len(value) <= MOST_DIGITS and value.isdecimal()],
            )
        return self._segments[segment].having(field, [self._analyzer.keyword(value) for value in values])

    @cached_property
    def _years(self) -> list[np.ndarray]:
        """The year of each article, 0 where the day is not known: one array for each segment."""
        listed = []
        for reader in self._segments:
            days, back = np.unique(reader.segment.arrays["days"], return_inverse=True)
            years = np.array([date.fromordinal(day).year if day else 0 for day in days.tolist()], dtype=np.int16)
            listed.append(years[back] if len(years) else years)
        return listed


def _each_name_once(reader: TermReader, field: str) -> tuple[np.ndarray, np.ndarray]:
    """The names of all articles, whose and which, without those that differ from one before only by case or accents."""
    arrays = reader.segment.arrays
    owners = np.repeat(np.arange(reader.segment.count), np.diff(arrays[f"{field}_bounds"]))
    numbers: dict[str, int] = {}
    keys = np.array([numbers.setdefault(key, len(numbers)) for key in reader.name_keys[field]], dtype=np.int64)
    codes = arrays[f"{field}_codes"]
    _, first = np.unique(owners * len(keys) + keys[codes], return_index=True)
    return owners[first].astype(np.int32), codes[first]
