"""Positions of the query terms in the articles of a page, from the inversion of their segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, Uint16s, Uint32s, compiled, inner, signed
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
    Positions,
    QueryTerm,
)
from kb.engine.terms import Terms
from kb.segments.page_texts import DOCID, SEGMENT
from kb.segments.postings import MOST_SLOP
from kb.segments.schema import FIELDS
from kb.segments.segment import TokenColumns
from kb.text.sentences import HEADING

_OF_QUERY_TERM, _SLOT, _CHAIN, _WORD, _TYPED, _POSTINGS_BEGIN, _POSTINGS_END = range(7)
"""Columns of an index term, which is an alternative of a slot of a query term:

* _OF_QUERY_TERM: index of the query term
* _SLOT: slot in the query term
* _CHAIN: index of the slot among the slots of all query terms
* _WORD: id of the word to match as written; -1 for any word with the stem
* _TYPED: id of the word typed for the slot; -1 if the segment has no such word, or the query term matches as written
* _POSTINGS_BEGIN, _POSTINGS_END: slice of the postings
"""

_READ_TITLE, _READ_TEXT, _SLOTS, _SLOP, _HAS_TYPED = range(5)
"""Columns of a query term:

* _READ_TITLE, _READ_TEXT: 1 if looked for in titles, in texts
* _SLOTS: number of slots
* _SLOP: the slop, at most MOST_SLOP
* _HAS_TYPED: 1 if slots hold stems, so that matching words can differ from the typed words
"""


def positions_of(terms: Terms, query_terms: Sequence[QueryTerm], page: np.ndarray) -> Positions:
    """Positions of the query terms in the articles of a page; `page` has columns SEGMENT and DOCID: int64, (n, 2)."""
    if not len(page) or not query_terms:
        return Positions(np.empty((0, COLUMNS), dtype=np.int64))
    tables = []
    query_term_table = np.array([_query_term_row(query_term) for query_term in query_terms], dtype=np.int64)
    for segment in set(page[:, SEGMENT].tolist()):
        rows = list(_index_term_rows(terms, segment, query_terms))
        index_term_table = np.array(rows, dtype=np.int64).reshape(-1, 7)
        columns = terms.segments[segment].segment.token_columns
        tables.append(_positions(page, segment, index_term_table, query_term_table, *columns))
    if len(tables) == 1:
        return Positions(tables[0])
    joined = np.concatenate(tables)
    return Positions(joined[joined[:, ROW].argsort(kind="stable")])


def _query_term_row(query_term: QueryTerm) -> tuple[int, ...]:
    field = FIELDS[query_term.field]
    slop = min(query_term.slop, MOST_SLOP)
    return field.in_title, field.in_body, len(query_term.alternatives), slop, bool(query_term.typed)


def _index_term_rows(terms: Terms, segment: int, query_terms: Sequence[QueryTerm]) -> Iterator[tuple[int, ...]]:
    """Rows of the index terms that the segment has, ordered by query term and slot."""
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
                    yield index, slot, chain, word, typed, postings.start, postings.stop


@compiled
def _positions(
    page: Int64Table,
    segment: int,
    index_terms: Int64Table,
    query_terms: Int64Table,
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
) -> np.ndarray:
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
    return positions_in(page, segment, index_terms, query_terms, columns)


@inner
def positions_in(
    page: np.ndarray, segment: int, index_terms: np.ndarray, query_terms: np.ndarray, columns: TokenColumns
) -> np.ndarray:
    """The table of `Positions` for the articles of a page in one segment; tables of rows as the constants above."""
    # Taken out of the tuple, arrays cost nothing in the loops.
    positions, words, starts, lengths = columns[2:6]
    bounds, title_tokens, sentence_bounds, first_tokens, kinds = columns[6:]
    cursors, count = _cursors(page, segment, index_terms, columns)
    table = np.empty((count, COLUMNS), dtype=np.int64)
    first_positions = np.empty(count, dtype=np.int64)
    chains = np.empty((query_terms[:, _SLOTS].sum(), 2), dtype=np.int64)
    # Invariant: table[:count] are the matches in the articles before the row, in order.
    count = 0
    for row in range(len(page)):
        docid = page[row, DOCID]
        if page[row, SEGMENT] != segment:
            continue
        title_end = bounds[docid] + title_tokens[docid]
        begin, sentence, last_sentence = count, sentence_bounds[docid], sentence_bounds[docid + 1]
        own = Cursors(cursors.next[row], cursors.end[row])
        chains[:] = -1
        while True:
            # Invariant: table[begin:count] are the matches in the article that end before the position, in order.
            term, position = next_term(own, positions)
            if term < 0:
                break
            own.next[term] += 1
            index_term, query_term = index_terms[term], query_terms[index_terms[term, _OF_QUERY_TERM]]
            in_title = position < title_end
            if not query_term[_READ_TITLE if in_title else _READ_TEXT]:
                continue
            if index_term[_WORD] >= 0 and words[position] != index_term[_WORD]:
                continue
            first = _extend(chains, index_term, query_term, position, title_end)
            if first < 0:
                continue
            match = _insert(table, first_positions, begin, count, first, index_term[_OF_QUERY_TERM])
            count += 1
            table[match, ROW], table[match, IN_TITLE] = row, in_title
            table[match, BEGIN] = starts[first]
            table[match, END], table[match, FIRST_END] = _end(position, starts, lengths), _end(first, starts, lengths)
            table[match, AS_TYPED] = query_term[_HAS_TYPED] and _is_as_typed(index_terms, term, first, words)
            table[match, IN_HEADING] = not in_title and _is_in_heading(
                first, first_tokens[sentence:last_sentence], kinds[sentence:last_sentence]
            )
    return table[:count]


@inner
def _cursors(page: np.ndarray, segment: int, index_terms: np.ndarray, columns: TokenColumns) -> tuple[Cursors, int]:
    """Cursors of each index term in each article of the page, and the number of positions.

    The arrays of the cursors have the shape (articles, terms). Cursors in articles of another segment are at the end.
    Raises IndexError for a posting with more positions than the article has tokens: of a damaged file.
    """
    docids, offsets, bounds = columns.posting_docids, columns.posting_offsets, columns.bounds
    shape = len(page), len(index_terms)
    cursors, count = Cursors(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)), 0
    for row in range(len(page)):
        docid = page[row, DOCID]
        if page[row, SEGMENT] != segment:
            continue
        for term in range(len(index_terms)):
            begin, end = index_terms[term, _POSTINGS_BEGIN], index_terms[term, _POSTINGS_END]
            posting = begin + gallop(docids[begin:end], docid, 0)
            if posting < end and docids[posting] == docid:
                first, last = offsets[posting], offsets[posting + 1]
                if not 0 <= last - first <= bounds[docid + 1] - bounds[docid]:
                    raise IndexError("a posting has more positions than its article")
                cursors.next[row, term], cursors.end[row, term] = first, last
                count += last - first
    return cursors, count


@inner
def _extend(chains: np.ndarray, index_term: np.ndarray, query_term: np.ndarray, position: int, title_end: int) -> int:
    """First position of the match that ends with an index term at a position; -1 if the position ends no match.

    A chain is a sequence of tokens for the first slots of a query term. `chains` has, for each slot of each query term,
    the first and the last position of the latest chain that ends with this slot, -1 without: int64, shape (slots, 2).
    It is updated.
    """
    first, slot, chain = position, index_term[_SLOT], index_term[_CHAIN]
    if slot:
        first, last = chains[chain - 1, 0], chains[chain - 1, 1]
        in_one_field = (last < title_end) == (position < title_end)
        if last < 0 or last >= position or position - last > query_term[_SLOP] or not in_one_field:
            return -1
    chains[chain, 0], chains[chain, 1] = first, position
    return first if slot + 1 == query_term[_SLOTS] else -1


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
def _is_as_typed(index_terms: np.ndarray, term: int, first: int, words: np.ndarray) -> bool:
    """Whether the tokens from position `first` on are the words typed for the query term of `term`, with no gap."""
    for alternative in range(len(index_terms)):
        if (
            index_terms[alternative, _OF_QUERY_TERM] == index_terms[term, _OF_QUERY_TERM]
            and words[first + index_terms[alternative, _SLOT]] != index_terms[alternative, _TYPED]
        ):
            return False
    return True


@inner
def _is_in_heading(position: int, first_tokens: np.ndarray, kinds: np.ndarray) -> bool:
    """Whether a token of an article's text is in a heading.

    `first_tokens` (int32) and `kinds` (uint8) are the `sentence_tokens` and `sentence_kinds` of the article.
    """
    sentence = gallop(first_tokens, position + 1, 0) - 1
    return bool(sentence >= 0 and kinds[sentence] & HEADING != 0)
