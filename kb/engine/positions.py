"""Positions of the query terms in the articles of a page, or in a part of one article.

Articles are read whole, unless there are so many matches that a table of them would be large. Then the first matches
of each query term are found, and every match around these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.deadline import NEVER, Deadline
from kb.engine.first_matches import Limits, first_matches
from kb.engine.interface import COLUMNS, REACH, ROW, Positions, QueryTerm, most_matches
from kb.engine.term_tables import TermTables, term_tables
from kb.engine.terms import Terms
from kb.engine.zones import ROWS, ZONE_DOCID, ZONE_ROW, Room, read_zones, whole_zones
from kb.segments.page_texts import SEGMENT
from kb.segments.segment import TokenColumns

ROOM = Room(rows=50_000, comparisons=1 << 22)
"""What is read in one loop: 3 MB of matches, some milliseconds."""

MOST_ROWS = 250_000
"""Most matches around the first ones of a page: 16 MB."""

MOST_IN_PART = 5_000
"""Most matches in a part of an article, the first: more than are highlighted, as neighbours make one highlight."""

_NO_LIMIT = Room(1 << 62, 1 << 62)

MANY = 500
"""Matches of an article, at least, that are not all read where a page has more than there is room for."""


class PagePositions(NamedTuple):
    """Positions, and whether the deadline left time for all of them."""

    positions: Positions
    is_complete: bool


def positions_of(
    terms: Terms,
    query_terms: Sequence[QueryTerm],
    page: np.ndarray,
    deadline: Deadline = NEVER,
    room: Room = ROOM,
    many: int = MANY,
) -> PagePositions:
    """Positions of the query terms in the articles of a page; `page` has columns SEGMENT and DOCID: int64, (n, 2)."""
    if not len(page) or not query_terms:
        return PagePositions(_NO_POSITIONS, True)
    found, is_complete = [], True
    for segment in set(page[:, SEGMENT].tolist()):
        reading = _Reading(term_tables(terms, segment, query_terms), terms.segments[segment].segment.token_columns)
        zones = whole_zones(page, segment, reading.columns.bounds)
        matches = read_zones(zones, *reading, room)
        found.append(matches.table)
        if not matches.is_read:
            zones, all_found = reading.thinned(zones, matches.needed[:, ROWS], many, deadline)
            tables, all_read = reading.read_in_steps(zones, room, deadline)
            found += tables
            is_complete = is_complete and all_found and all_read
    if len(found) == 1:
        return PagePositions(Positions(found[0]), is_complete)
    joined = np.concatenate(found)
    return PagePositions(Positions(joined[joined[:, ROW].argsort(kind="stable")]), is_complete)


def positions_within(
    terms: Terms, query_terms: Sequence[QueryTerm], segment: int, docid: int, begin: int, end: int
) -> Positions:
    """Positions of the query terms in the title and in the code points `begin:end` of the text of one article."""
    if not query_terms:
        return _NO_POSITIONS
    reading = _Reading(term_tables(terms, segment, query_terms), terms.segments[segment].segment.token_columns)
    first, title_end, _ = reading.bounds(docid)
    low, high = reading.tokens(docid, begin, end)
    ranges = [(first, high)] if low == title_end else [(first, title_end), (low, high)]
    zones = np.array([(0, docid, *tokens) for tokens in ranges], dtype=np.int64)
    return Positions(read_zones(zones, *reading, _NO_LIMIT, MOST_IN_PART).table)


def next_match(
    terms: Terms, query_terms: Sequence[QueryTerm], segment: int, docid: int, offset: int, deadline: Deadline
) -> int | None:
    """Offset of a match in the text of an article, the first to end behind `offset`; None without one in time."""
    if not query_terms:
        return None
    reading = _Reading(term_tables(terms, segment, query_terms), terms.segments[segment].segment.token_columns)
    low, high = reading.tokens(docid, offset, None)
    found, _ = first_matches(docid, (low, high), *reading, Limits(1, 1), deadline)
    return int(reading.columns.starts[found[0, 0]]) if len(found) else None


class _Reading(NamedTuple):
    """The query terms in a segment, and the arrays to read."""

    tables: TermTables
    columns: TokenColumns

    def bounds(self, docid: int) -> tuple[int, int, int]:
        """Begin of the title, begin of the text and end of an article, as tokens of the segment."""
        begin, end = self.columns.bounds[docid : docid + 2].tolist()
        return begin, begin + int(self.columns.title_tokens[docid]), end

    def tokens(self, docid: int, begin: int, end: int | None) -> tuple[int, int]:
        """Range of the tokens that begin in the code points `begin:end` of a text; None: in the rest."""
        _, title_end, last = self.bounds(docid)
        starts = self.columns.starts[title_end:last]
        # Of the type of the array: else NumPy would copy all of it.
        low = int(starts.searchsorted(np.uint32(begin)))
        high = len(starts) if end is None else int(starts.searchsorted(np.uint32(end)))
        return title_end + low, title_end + high

    def thinned(self, zones: np.ndarray, counts: np.ndarray, many: int, deadline: Deadline) -> tuple[np.ndarray, bool]:
        """Zones of the titles and around the first matches of the articles with `many` matches or more.

        The zones of the other articles stay. Also returns whether the deadline left time for all.
        """
        rows: list[tuple[int, ...]] = []
        is_complete = True
        limits = Limits(most_matches(len(self.tables.query_terms)), MOST_ROWS)
        for zone, count in zip(zones.tolist(), counts.tolist(), strict=True):
            if count < many:
                rows.append(tuple(zone))
                continue
            docid = zone[ZONE_DOCID]
            first, title_end, last = self.bounds(docid)
            ranges = [(first, title_end)]
            if not rows or not deadline.has_passed():
                found, in_time = first_matches(docid, (title_end, last), *self, limits, deadline)
                ranges += self._around(docid, found)
                is_complete = is_complete and in_time
            else:
                is_complete = False
            rows += [(zone[ZONE_ROW], docid, *tokens) for tokens in ranges]
        return np.array(rows, dtype=np.int64).reshape(-1, 4), is_complete

    def read_in_steps(self, zones: np.ndarray, room: Room, deadline: Deadline) -> tuple[list[np.ndarray], bool]:
        """Tables of the matches in zones, and whether that is all before the deadline and in MOST_ROWS."""
        needed = read_zones(zones, *self, Room(-1, -1)).needed
        steps = (needed.cumsum(axis=0) // np.array(room)).max(axis=1)
        tables: list[np.ndarray] = []
        for step in np.unique(steps).tolist():
            if tables and (deadline.has_passed() or sum(map(len, tables)) > MOST_ROWS):
                return tables, False
            tables.append(read_zones(zones[steps == step], *self, _NO_LIMIT, MOST_ROWS).table)
        return tables, True

    def _around(self, docid: int, found: np.ndarray) -> list[tuple[int, int]]:
        """Ranges of tokens around matches (rows of first and last token), in order and apart."""
        _, title_end, last = self.bounds(docid)
        starts = self.columns.starts[title_end:last]
        begins = starts[found[:, 0] - title_end].astype(np.int64) - REACH
        ends = starts[found[:, 1] - title_end].astype(np.int64) + REACH
        lows = title_end + starts.searchsorted(np.maximum(begins, 0).astype(np.uint32))
        highs = title_end + starts.searchsorted(np.minimum(ends, 2**32 - 1).astype(np.uint32))
        ranges: list[tuple[int, int]] = []
        for low, high in sorted(zip(lows.tolist(), highs.tolist(), strict=True)):
            if ranges and low <= ranges[-1][1]:
                ranges[-1] = ranges[-1][0], max(ranges[-1][1], high)
            else:
                ranges.append((low, high))
        return ranges


_NO_POSITIONS = Positions(np.empty((0, COLUMNS), dtype=np.int64))
