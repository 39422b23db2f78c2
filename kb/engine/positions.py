"""Where the words and phrases of a question stand in the articles found, from the inversion of their segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, Uint16s, Uint32s, compiled, inner, signed
from kb.engine.interface import COLUMNS, Positions, QueryTerm
from kb.engine.terms import Terms
from kb.segments.postings import MOST_SLOP
from kb.segments.schema import READ_IN, WORD_FIELDS
from kb.text.sentences import HEADING

_QUERY_TERM, _PLACE, _SLOT, _WORD, _TYPED, _BEGIN, _END = range(7)
"""Columns of a term of a segment: its query term, the slot in that, its index among the slots of all query terms, the
id of the word it must be written as (-1: any), that of the typed word (-1: none), and its postings."""

_IN_TITLE, _IN_BODY, _PLACES, _SLOP, _IS_TYPED = range(5)
"""Of a query_term: whether it is looked for in titles, in texts, how many places it has, how far apart they may be, and
whether it is looked for in other forms than the one typed."""


def positions_of(terms: Terms, query_terms: Sequence[QueryTerm], page: np.ndarray) -> Positions:
    """Where the terms stand in the articles of a page, which are given by segment and number: int64, shape (n, 2)."""
    if not len(page) or not query_terms:
        return Positions(np.empty((0, COLUMNS), dtype=np.int64))
    parts = []
    of_query_terms = np.array([_described(query_term) for query_term in query_terms], dtype=np.int64)
    for number in set(page[:, 0].tolist()):
        listed = np.array(list(_terms(terms, number, query_terms)), dtype=np.int64).reshape(-1, 7)
        arrays = terms.segments[number].segment.token_columns
        parts.append(_found(page, number, listed, of_query_terms, *arrays))
    if len(parts) == 1:
        return Positions(parts[0])
    joined = np.concatenate(parts)
    return Positions(joined[joined[:, 0].argsort(kind="stable")])


def _described(query_term: QueryTerm) -> tuple[int, ...]:
    read = READ_IN[query_term.field]
    slop = min(query_term.slop, MOST_SLOP)
    return "title" in read, "body" in read, len(query_term.alternatives), slop, bool(query_term.typed)


def _terms(terms: Terms, number: int, query_terms: Sequence[QueryTerm]) -> Iterator[tuple[int, ...]]:
    """All terms of the query_terms that the segment has, by query_term and place."""
    words = terms.segments[number].segment.words
    slot = -1
    for n, query_term in enumerate(query_terms):
        as_written = query_term.field in WORD_FIELDS
        for place, alternatives in enumerate(query_term.alternatives):
            slot += 1
            typed = words.get(query_term.typed[place], -1) if query_term.typed else -1
            for term in alternatives:
                postings = terms.postings(query_term.field, term, number)
                if postings.stop:
                    word = words.get(term, -1) if as_written else -1
                    yield n, place, slot, word, typed, postings.start, postings.stop


@compiled
def _found(
    page: Int64Table,
    segment: int,
    terms: Int64Table,
    query_terms: Int64Table,
    owners: Int32s,
    runs: Int64s,
    places: Int32s,
    tokens: Int32s,
    starts: Uint32s,
    lengths: Uint16s,
    bounds: Int64s,
    title_tokens: Int32s,
    sentence_bounds: Int64s,
    sentence_tokens: Int32s,
    sentence_kinds: Uint8s,
) -> np.ndarray:
    """The occurrences in those articles of the page that are of one segment."""
    at, till = _runs(page, segment, terms, owners, runs)
    found = np.empty(((till - at).sum(), COLUMNS), dtype=np.int64)
    firsts = np.empty(len(found), dtype=np.int64)
    chains = np.empty((query_terms[:, _PLACES].sum(), 2), dtype=np.int64)
    count = 0
    for a in range(len(page)):
        article = page[a, 1]
        if page[a, 0] != segment:
            continue
        title_end = bounds[article] + title_tokens[article]
        sentences = sentence_bounds[article], sentence_bounds[article + 1]
        chains[:] = -1
        begin = count
        while True:
            term, last = _next(at[a], till[a], places)
            if term < 0:
                break
            at[a, term] += 1
            query_term, in_title = terms[term, _QUERY_TERM], last < title_end
            read = query_terms[query_term, _IN_TITLE if in_title else _IN_BODY]
            if not read or (terms[term, _WORD] >= 0 and tokens[last] != terms[term, _WORD]):
                continue
            first = _begun(chains, terms[term, _PLACE], terms[term, _SLOT], query_terms[query_term], last, title_end)
            if first < 0:
                continue
            row = found[_inserted(found, firsts, begin, count, first, query_term)]
            count += 1
            row[0], row[1], row[2], row[3] = a, query_term, in_title, starts[first]
            row[4], row[5] = _end(last, starts, lengths), _end(first, starts, lengths)
            row[6] = query_terms[query_term, _IS_TYPED] and _is_as_typed(terms, term, first, tokens)
            row[7] = not in_title and _in_heading(first, sentences, sentence_tokens, sentence_kinds)
    return found[:count]


@inner
def _end(token: int, starts: np.ndarray, lengths: np.ndarray) -> int:
    return signed(starts[token]) + lengths[token]


@inner
def _inserted(found: np.ndarray, firsts: np.ndarray, begin: int, count: int, first: int, query_term: int) -> int:
    """The row of a term that begins at a token, among those of its article: a phrase comes where its first word is."""
    row = count
    while row > begin and (firsts[row - 1], found[row - 1, 1]) > (first, query_term):
        firsts[row], found[row] = firsts[row - 1], found[row - 1]
        row -= 1
    firsts[row] = first
    return row


@inner
def _runs(
    page: np.ndarray, segment: int, terms: np.ndarray, owners: np.ndarray, runs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the places of each term in each article of a segment begin and end: int64, shape (articles, terms)."""
    at = np.zeros((len(page), len(terms)), dtype=np.int64)
    till = np.zeros((len(page), len(terms)), dtype=np.int64)
    for a in range(len(page)):
        article = page[a, 1]
        if page[a, 0] != segment:
            continue
        for term in range(len(terms)):
            begin, end = terms[term, _BEGIN], terms[term, _END]
            row = begin + np.searchsorted(owners[begin:end], np.int32(article))
            if row < end and owners[row] == article:
                at[a, term], till[a, term] = runs[row], runs[row + 1]
    return at, till


@inner
def _next(at: np.ndarray, till: np.ndarray, places: np.ndarray) -> tuple[int, int]:
    """The term that stands next, of several at one place the last, and where; -1 for none."""
    term, token = -1, 0
    for other in range(len(at) - 1, -1, -1):
        if at[other] < till[other] and (term < 0 or places[at[other]] < token):
            term, token = other, places[at[other]]
    return term, token


@inner
def _begun(chains: np.ndarray, place: int, slot: int, query_term: np.ndarray, token: int, title_end: int) -> int:
    """Where a query_term begins that ends with the word of a place at a token: -1 where it does not end there.

    `chains` holds for the place in each slot where the last stretch up to it began and ended, -1 for none.
    """
    first = token
    if place:
        first, last = chains[slot - 1]
        if last < 0 or last >= token or token - last > query_term[_SLOP] or (last < title_end) != (token < title_end):
            return -1
    chains[slot] = first, token
    return first if place + 1 == query_term[_PLACES] else -1


@inner
def _is_as_typed(terms: np.ndarray, term: int, first: int, tokens: np.ndarray) -> bool:
    """Whether what begins at a token is written as typed, each word right after the one before."""
    for other in range(len(terms)):
        if (
            terms[other, _QUERY_TERM] == terms[term, _QUERY_TERM]
            and tokens[first + terms[other, _PLACE]] != terms[other, _TYPED]
        ):
            return False
    return True


@inner
def _in_heading(token: int, sentences: tuple[int, int], first_tokens: np.ndarray, kinds: np.ndarray) -> bool:
    """Whether a token of a text stands in a heading."""
    begin, end = sentences
    number = begin + np.searchsorted(first_tokens[begin:end], np.int32(token), "right") - 1
    return bool(number >= begin and kinds[number] & HEADING != 0)
