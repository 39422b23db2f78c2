"""Matches of query terms in zones of articles: a zone is a stretch of tokens that is read whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import (
    Int32s,
    Int64s,
    Int64Table,
    Uint8s,
    Uint16s,
    Uint32s,
    compiled,
    inner,
    signed,
)
from kb.engine.chains import is_as_typed, match_at
from kb.engine.cursors import Cursors, next_term
from kb.engine.galloping import gallop
from kb.engine.interface import (
    AS_TYPED,
    BEGIN,
    COLUMNS,
    END,
    FIRST_END,
    IN_HEADING,
    IN_TITLE,
    QUERY_TERM,
    ROW,
)
from kb.engine.term_tables import (
    HAS_TYPED,
    IS_HEAD,
    NEXT,
    OF_QUERY_TERM,
    POSTINGS_BEGIN,
    POSTINGS_END,
    SLOT,
    SLOTS,
    TermTables,
)
from kb.segments.page_texts import DOCID, SEGMENT
from kb.segments.segment import TokenColumns
from kb.text.sentences import HEADING

ZONE_ROW, ZONE_DOCID, ZONE_BEGIN, ZONE_END = range(4)
"""Columns of a zone:

* ZONE_ROW: index of the article in the page
* ZONE_DOCID: the article
* ZONE_BEGIN, ZONE_END: range of tokens of the segment, within the article

Zones are in the order of the page, those of an article as read and apart.
"""


ROWS, COMPARISONS = range(2)
"""Columns of what a zone takes: upper bounds of the matches in it, and of the comparisons of positions."""


class Room(NamedTuple):
    """How much to read at most."""

    rows: int
    comparisons: int


class ZoneMatches(NamedTuple):
    """The matches in zones.

    table    int64 (matches, COLUMNS)  rows of `Positions`
    needed   int64 (zones, 2)          what each zone takes, by the columns above
    is_read  whether there was room; if not, the table is empty
    """

    table: np.ndarray
    needed: np.ndarray
    is_read: bool


def read_zones(
    zones: np.ndarray, tables: TermTables, columns: TokenColumns, room: Room, most: int = 1 << 62
) -> ZoneMatches:
    """The first `most` matches that lie in a zone from first to last token; none where the zones need too much room.

    `zones` has the columns above: int64, shape (n, 4).
    """
    return ZoneMatches(*_read_zones(zones, *tables, *room, most, *columns))


@compiled
def whole_zones(page: Int64Table, segment: int, bounds: Int64s) -> np.ndarray:
    """A zone for each article of a page in a segment, from title to end: int64, shape (n, 4).

    `page` has the columns SEGMENT and DOCID; `bounds` are those of the segment.
    """
    zones, count = np.empty((len(page), 4), dtype=np.int64), 0
    # Invariant: zones[:count] are those of the articles before the row.
    for row in range(len(page)):
        if page[row, SEGMENT] == segment:
            docid = page[row, DOCID]
            zones[count, ZONE_ROW], zones[count, ZONE_DOCID] = row, docid
            zones[count, ZONE_BEGIN], zones[count, ZONE_END] = bounds[docid], bounds[docid + 1]
            count += 1
    return zones[:count]


@compiled
def _read_zones(
    zones: Int64Table,
    index_terms: Int64Table,
    query_terms: Int64Table,
    rows: int,
    comparisons: int,
    most: int,
    posting_docids: Int32s,
    posting_offsets: Int64s,
    positions: Int32s,
    tokens: Int32s,
    starts: Uint32s,
    lengths: Uint16s,
    bounds: Int64s,
    title_tokens: Int32s,
    sentence_bounds: Int64s,
    sentence_tokens: Int32s,
    sentence_kinds: Uint8s,
) -> tuple[np.ndarray, np.ndarray, bool]:
    columns = TokenColumns(
        posting_docids,
        posting_offsets,
        positions,
        tokens,
        starts,
        lengths,
        bounds,
        title_tokens,
        sentence_bounds,
        sentence_tokens,
        sentence_kinds,
    )
    return matches_in(zones, TermTables(index_terms, query_terms), columns, Room(rows, comparisons), most)


@inner
def matches_in(
    zones: np.ndarray, tables: TermTables, columns: TokenColumns, room: Room, most: int
) -> tuple[np.ndarray, np.ndarray, bool]:
    """The arrays of `ZoneMatches`."""
    # Taken out of the tuples, arrays cost nothing in the loops.
    index_terms, query_terms = tables
    positions, words, starts, lengths = columns[2:6]
    bounds, title_tokens, sentence_bounds, first_tokens, kinds = columns[6:]
    cursors, needed = _cursors(zones, tables, columns)
    count = min(needed[:, ROWS].sum(), most)
    if count > room.rows or needed[:, COMPARISONS].sum() > room.comparisons:
        return np.empty((0, COLUMNS), dtype=np.int64), needed, False
    table = np.empty((count, COLUMNS), dtype=np.int64)
    first_positions = np.empty(count, dtype=np.int64)
    chains = np.empty((query_terms[:, SLOTS].sum(), 2), dtype=np.int64)
    # Invariant: table[:count] are the matches in the zones before, in order.
    count = 0
    for zone in range(len(zones)):
        docid = zones[zone, ZONE_DOCID]
        title_end = bounds[docid] + title_tokens[docid]
        begin, sentence, last_sentence = count, sentence_bounds[docid], sentence_bounds[docid + 1]
        own = Cursors(cursors.next[zone], cursors.end[zone])
        chains[:] = -1
        while True:
            # Invariant: table[begin:count] are the matches in the zone that end before the position, in order.
            term, position = next_term(own, positions)
            if term < 0 or count == len(table):
                break
            own.next[term] += 1
            while term >= 0:
                index_term, query_term = index_terms[term], query_terms[index_terms[term, OF_QUERY_TERM]]
                first = match_at(chains, index_term, query_term, position, title_end, words)
                if first >= 0 and count < len(table):
                    match = _insert(table, first_positions, begin, count, first, index_term[OF_QUERY_TERM])
                    count += 1
                    in_title = position < title_end
                    table[match, ROW], table[match, IN_TITLE] = zones[zone, ZONE_ROW], in_title
                    table[match, BEGIN], table[match, END] = starts[first], _end(position, starts, lengths)
                    table[match, FIRST_END] = _end(first, starts, lengths)
                    table[match, AS_TYPED] = query_term[HAS_TYPED] and is_as_typed(index_terms, term, first, words)
                    table[match, IN_HEADING] = not in_title and _is_in_heading(
                        first, first_tokens[sentence:last_sentence], kinds[sentence:last_sentence]
                    )
                term = index_term[NEXT]
    return table[:count], needed, True


@inner
def _cursors(zones: np.ndarray, tables: TermTables, columns: TokenColumns) -> tuple[Cursors, np.ndarray]:
    """Cursors of each index term in each zone: arrays of shape (zones, terms); and what each zone takes."""
    index_terms, query_terms = tables
    positions, postings = columns.positions, (columns.posting_docids, columns.posting_offsets, columns.bounds)
    shape = len(zones), len(index_terms)
    cursors = Cursors(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))
    needed = np.zeros((len(zones), 2), dtype=np.int64)
    for zone in range(len(zones)):
        docid, begin, end = zones[zone, ZONE_DOCID], zones[zone, ZONE_BEGIN], zones[zone, ZONE_END]
        is_whole = begin == columns.bounds[docid] and end == columns.bounds[docid + 1]
        for term in range(len(index_terms)):
            if not index_terms[term, IS_HEAD]:
                continue
            low, high = occurrences(index_terms[term], docid, *postings)
            if low < high and not is_whole:
                low += gallop(positions[low:high], begin, 0)
                if positions[high - 1] >= end:
                    high = low + gallop(positions[low:high], end, 0)
            cursors.next[zone, term], cursors.end[zone, term] = low, high
            needed[zone, COMPARISONS] += (high - low) * len(index_terms)
            same = term
            while same >= 0:
                is_last = index_terms[same, SLOT] + 1 == query_terms[index_terms[same, OF_QUERY_TERM], SLOTS]
                needed[zone, ROWS] += (high - low) * is_last
                same = index_terms[same, NEXT]
    return cursors, needed


@inner
def occurrences(
    index_term: np.ndarray, docid: int, docids: np.ndarray, offsets: np.ndarray, bounds: np.ndarray
) -> tuple[int, int]:
    """Range in the positions of the inversion of an index term in an article; two equal without any.

    Raises IndexError for a posting with more positions than the article has tokens: of a damaged file.
    """
    begin, end = index_term[POSTINGS_BEGIN], index_term[POSTINGS_END]
    posting = begin + gallop(docids[begin:end], docid, 0)
    if posting >= end or docids[posting] != docid:
        return 0, 0
    first, last = offsets[posting], offsets[posting + 1]
    if not 0 <= last - first <= bounds[docid + 1] - bounds[docid]:
        raise IndexError("a posting has more positions than its article")
    return first, last


@inner
def _insert(table: np.ndarray, first_positions: np.ndarray, begin: int, count: int, first: int, query_term: int) -> int:
    """Make room for a match in table[begin:count], ordered by first position, then query term; returns its row."""
    row = count
    # Invariant: the rows behind `row` have moved by one and sort behind the match.
    while row > begin and (
        first_positions[row - 1] > first
        or (first_positions[row - 1] == first and table[row - 1, QUERY_TERM] > query_term)
    ):
        first_positions[row] = first_positions[row - 1]
        for column in range(COLUMNS):
            table[row, column] = table[row - 1, column]
        row -= 1
    first_positions[row], table[row, QUERY_TERM] = first, query_term
    return row


@inner
def _end(position: int, starts: np.ndarray, lengths: np.ndarray) -> int:
    """Offset of the end of a token."""
    return signed(starts[position]) + lengths[position]


@inner
def _is_in_heading(position: int, first_tokens: np.ndarray, kinds: np.ndarray) -> bool:
    """Whether a token of an article's text is in a heading.

    `first_tokens` (int32) and `kinds` (uint8) are the `sentence_tokens` and `sentence_kinds` of the article.
    """
    sentence = gallop(first_tokens, position + 1, 0) - 1
    return bool(sentence >= 0 and kinds[sentence] & HEADING != 0)
