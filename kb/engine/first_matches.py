"""The first matches of each query term in one article: a loop that can stop and go on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, WrittenInt64Table, compiled, inner
from kb.deadline import Deadline
from kb.engine.chains import is_as_typed, match_at
from kb.engine.cursors import Cursors, next_term
from kb.engine.galloping import gallop
from kb.engine.term_tables import HAS_TYPED, IS_HEAD, NEXT, OF_QUERY_TERM, SLOT, SLOTS, TYPED, TermTables
from kb.engine.zones import occurrences
from kb.segments.segment import TokenColumns

STEPS = 1 << 22
"""Comparisons of positions between two looks at the deadline: some milliseconds."""

_LEFT, _UNTYPED = range(2)
"""Columns of what is still looked for, a row for each query term: number of matches; 1 if the first as typed is."""


class Limits(NamedTuple):
    """How many matches to find: of a query term, of all together."""

    each: int
    together: int


def first_matches(
    docid: int,
    tokens: tuple[int, int],
    tables: TermTables,
    columns: TokenColumns,
    limits: Limits,
    deadline: Deadline,
    steps: int = STEPS,
) -> tuple[np.ndarray, bool]:
    """First and last token of the first matches of each query term in a range of the tokens of an article.

    Beside so many, the first match as typed. int64, shape (n, 2), by last token; and whether the deadline left time for
    all. The first loop is always run.
    """
    index_terms, query_terms = tables
    wanted = np.empty((len(query_terms), 2), dtype=np.int64)
    wanted[:, _LEFT], wanted[:, _UNTYPED] = limits.each, query_terms[:, HAS_TYPED]
    # A word that the segment does not have is nowhere as typed.
    wanted[index_terms[index_terms[:, TYPED] < 0][:, OF_QUERY_TERM], _UNTYPED] = 0
    chains = np.full((int(query_terms[:, SLOTS].sum()), 2), -1, dtype=np.int64)
    found: list[np.ndarray] = []
    (begin, end), count = tokens, 0
    while begin < end and count < limits.together:
        if found and deadline.has_passed():
            return np.concatenate(found), False
        where = docid, begin, end, limits.together - count, steps
        begin, matches = _first_matches(*where, *tables, wanted, chains, *columns[:4], *columns[6:8])
        found.append(matches)
        count += len(matches)
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *found]), True


@compiled
def _first_matches(
    docid: int,
    begin: int,
    end: int,
    most: int,
    steps: int,
    index_terms: Int64Table,
    query_terms: Int64Table,
    wanted: WrittenInt64Table,
    chains: WrittenInt64Table,
    posting_docids: Int32s,
    posting_offsets: Int64s,
    positions: Int32s,
    tokens: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> tuple[int, np.ndarray]:
    """Token to go on from, `end` where nothing is wanted any more; and first and last token of the matches found."""
    found = np.empty((min(most, wanted[:, _LEFT].sum() + len(wanted)), 2), dtype=np.int64)
    tables = TermTables(index_terms, query_terms)
    cursors = _open(docid, (begin, end), tables, wanted, (posting_docids, posting_offsets, bounds), positions)
    title_end, count = bounds[docid] + title_tokens[docid], 0
    while steps > 0:
        # Invariant: found[:count] are the wanted matches that end before the position.
        term, position = next_term(cursors, positions)
        if term < 0:
            return end, found[:count]
        steps -= len(index_terms)
        cursors.next[term] += 1
        begin, is_settled = position, False
        while term >= 0:
            index_term, number = index_terms[term], index_terms[term, OF_QUERY_TERM]
            first = match_at(chains, index_term, query_terms[number], position, title_end, tokens)
            if first >= 0 and _is_wanted(wanted, number):
                is_typed = wanted[number, _UNTYPED] and is_as_typed(index_terms, term, first, tokens)
                if wanted[number, _LEFT] or is_typed:
                    found[count, 0], found[count, 1] = first, position
                    count += 1
                    wanted[number, _LEFT] = max(0, wanted[number, _LEFT] - 1)
                    wanted[number, _UNTYPED] = wanted[number, _UNTYPED] and not is_typed
                    if count == len(found):
                        return end, found
                    is_settled = is_settled or not _is_wanted(wanted, number)
            term = index_term[NEXT]
        if is_settled:
            _close_settled(cursors, index_terms, wanted)
    return begin + 1, found[:count]


@inner
def _open(
    docid: int,
    tokens: tuple[int, int],
    tables: TermTables,
    wanted: np.ndarray,
    postings: tuple[np.ndarray, np.ndarray, np.ndarray],
    positions: np.ndarray,
) -> Cursors:
    """Cursors of the index terms in a range of tokens of an article; `postings` are the arguments of `occurrences`.

    At the end where nothing is wanted: of a query term with a slot that nothing in the article fills, nothing is.
    """
    index_terms, query_terms = tables
    cursors = Cursors(np.zeros(len(index_terms), dtype=np.int64), np.zeros(len(index_terms), dtype=np.int64))
    filled = np.zeros(len(query_terms), dtype=np.int64)
    latest = np.full(len(query_terms), -1, dtype=np.int64)
    for term in range(len(index_terms)):
        low, high = occurrences(index_terms[term], docid, *postings)
        if low == high:
            continue
        # Rows are ordered by slot: a slot counts with the first of its alternatives in the article.
        number, slot = index_terms[term, OF_QUERY_TERM], index_terms[term, SLOT]
        filled[number] += latest[number] != slot
        latest[number] = slot
        if index_terms[term, IS_HEAD]:
            low += gallop(positions[low:high], tokens[0], 0)
            cursors.next[term], cursors.end[term] = low, low + gallop(positions[low:high], tokens[1], 0)
    for number in range(len(query_terms)):
        if filled[number] < query_terms[number, SLOTS]:
            wanted[number, _LEFT] = wanted[number, _UNTYPED] = 0
    _close_settled(cursors, index_terms, wanted)
    return cursors


@inner
def _is_wanted(wanted: np.ndarray, number: int) -> bool:
    return wanted[number, _LEFT] > 0 or wanted[number, _UNTYPED] > 0


@inner
def _close_settled(cursors: Cursors, index_terms: np.ndarray, wanted: np.ndarray) -> None:
    """Set the cursors to the end of which no index term is wanted any more."""
    for head in range(len(index_terms)):
        is_settled, term = True, head
        while term >= 0:
            is_settled = is_settled and not _is_wanted(wanted, index_terms[term, OF_QUERY_TERM])
            term = index_terms[term, NEXT]
        if is_settled:
            cursors.next[head] = cursors.end[head]
