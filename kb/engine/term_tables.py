"""The query terms of a question in a segment, as tables for loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kb.engine.interface import QueryTerm
from kb.engine.terms import Terms
from kb.segments.postings import MOST_SLOP
from kb.segments.schema import FIELDS

OF_QUERY_TERM, SLOT, CHAIN, WORD, TYPED, POSTINGS_BEGIN, POSTINGS_END, IS_HEAD, NEXT = range(9)
"""Columns of an index term, which is an alternative of a slot of a query term:

* OF_QUERY_TERM: index of the query term
* SLOT: slot in the query term
* CHAIN: index of the slot among the slots of all query terms
* WORD: id of the word to match as written; -1 for any word with the stem
* TYPED: id of the word typed for the slot; -1 if the segment has no such word, or the query term matches as written
* POSTINGS_BEGIN, POSTINGS_END: slice of the postings
* IS_HEAD: 1 for the last index term with these postings: the only one with a cursor
* NEXT: the index term with the same postings before; -1 without

A token has one stem, so the index terms that match at a position are those with the same postings.
"""

READ_TITLE, READ_TEXT, SLOTS, SLOP, HAS_TYPED = range(5)
"""Columns of a query term:

* READ_TITLE, READ_TEXT: 1 if looked for in titles, in texts
* SLOTS: number of slots
* SLOP: the slop, at most MOST_SLOP
* HAS_TYPED: 1 if slots hold stems, so that matching words can differ from the typed words
"""


class TermTables(NamedTuple):
    """The query terms in a segment: rows of the columns above, int64."""

    index_terms: np.ndarray
    query_terms: np.ndarray


def term_tables(terms: Terms, segment: int, query_terms: Sequence[QueryTerm]) -> TermTables:
    """The tables of the query terms, at least one, in a segment given by index."""
    rows = list(_index_term_rows(terms, segment, query_terms))
    last: dict[int, int] = {}
    for index, row in enumerate(rows):
        row[NEXT] = last.get(row[POSTINGS_BEGIN], -1)
        last[row[POSTINGS_BEGIN]] = index
    for index in last.values():
        rows[index][IS_HEAD] = 1
    return TermTables(
        np.array(rows, dtype=np.int64).reshape(-1, 9),
        np.array([_query_term_row(query_term) for query_term in query_terms], dtype=np.int64),
    )


def _query_term_row(query_term: QueryTerm) -> tuple[int, ...]:
    field = FIELDS[query_term.field]
    slop = min(query_term.slop, MOST_SLOP)
    return field.in_title, field.in_body, len(query_term.alternatives), slop, bool(query_term.typed)


def _index_term_rows(terms: Terms, segment: int, query_terms: Sequence[QueryTerm]) -> Iterator[list[int]]:
    """Rows of the index terms that the segment has, ordered by query term and slot; without IS_HEAD and NEXT."""
    words = terms.segments[segment].segment.words
    chain = -1
    for index, query_term in enumerate(query_terms):
        exact = FIELDS[query_term.field].form == "word"
        for slot, alternatives in enumerate(query_term.alternatives):
            chain += 1
            typed = words.get(query_term.typed[slot], -1) if query_term.typed else -1
            for term in alternatives:
                postings = terms.postings(query_term.field, term, segment)
                if postings.stop:
                    word = words.get(term, -1) if exact else -1
                    yield [index, slot, chain, word, typed, postings.start, postings.stop, 0, -1]
