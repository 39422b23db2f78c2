"""The inversion of tokens into postings, by counting sort: linear in the tokens.

A first pass counts the tokens and postings of each term, a second pass appends each position to those of its term.
Nothing is compared: tokens are in the order of articles and positions, and keep it within each term.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, compiled
from kb.segments.arrays import Arrays
from kb.segments.bounds import bounds_of

MOST_IN_TITLE = 65535
"""Greatest frequency in a title that is stored: `posting_in_title` is uint16."""


class Inversion(NamedTuple):
    """The inverted index of a segment: d articles, t tokens, p postings.

    docids        int32 (p,)      article of each posting, ascending within a term
    offsets       int64 (p + 1,)  posting i has the positions `positions[offsets[i]:offsets[i + 1]]`
    positions     int32 (t,)      indexes of tokens of the segment, ascending within a posting
    bounds        int64 (d + 1,)  an article has the tokens `bounds[docid]:bounds[docid + 1]`, title before text
    title_tokens  int32 (d,)      number of the tokens of each title
    """

    docids: np.ndarray
    offsets: np.ndarray
    positions: np.ndarray
    bounds: np.ndarray
    title_tokens: np.ndarray


def inverted(terms: np.ndarray, bounds: np.ndarray, title_tokens: np.ndarray, term_count: int) -> Arrays:
    """The postings of every term id, as arrays of `layout.py`; `terms` are the term ids of the tokens: int32, (t,)."""
    token_counts, posting_counts = counted(terms, bounds, term_count)
    posting_bounds = bounds_of(posting_counts)
    docids, offsets, in_title, positions = _postings(
        terms, bounds, title_tokens, bounds_of(token_counts), posting_bounds
    )
    return {
        "posting_bounds": posting_bounds,
        "posting_docids": docids,
        "posting_offsets": offsets,
        "posting_in_title": in_title,
        "positions": positions,
    }


@compiled(unchecked="indexes arrays made in memory, with bounds checked when a segment was opened")
def counted(terms: Int32s, bounds: Int64s, term_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Collection frequency and document frequency of every term id: int64, shape (term_count,) each."""
    tokens = np.zeros(term_count, dtype=np.int64)
    articles = np.zeros(term_count, dtype=np.int64)
    last = np.full(term_count, -1, dtype=np.int32)
    for docid in range(len(bounds) - 1):
        for position in range(bounds[docid], bounds[docid + 1]):
            term = terms[position]
            tokens[term] += 1
            # Invariant: last[term] is the article of the latest token of the term before `position`, -1 without.
            if last[term] != docid:
                last[term] = docid
                articles[term] += 1
    return tokens, articles


@compiled(unchecked="indexes arrays made in memory, with bounds checked when a segment was opened")
def _postings(
    terms: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
    position_bounds: Int64s,
    posting_bounds: Int64s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The arrays `posting_docids`, `posting_offsets`, `posting_in_title` and `positions` of `layout.py`.

    The term of an id has the positions `position_bounds[id]:position_bounds[id + 1]`; the same holds of its postings.
    """
    next_position = position_bounds.copy()
    next_posting = posting_bounds.copy()
    last = np.full(len(position_bounds) - 1, -1, dtype=np.int32)
    docids = np.empty(posting_bounds[-1], dtype=np.int32)
    offsets = np.empty(posting_bounds[-1] + 1, dtype=np.int64)
    in_title = np.zeros(posting_bounds[-1], dtype=np.uint16)
    positions = np.empty(len(terms), dtype=np.int32)
    offsets[-1] = len(terms)
    for docid in range(len(bounds) - 1):
        title_end = bounds[docid] + title_tokens[docid]
        for position in range(bounds[docid], bounds[docid + 1]):
            term = terms[position]
            # Invariant: the tokens before `position` are in the postings and positions of their terms.
            if last[term] != docid:
                last[term] = docid
                docids[next_posting[term]] = docid
                offsets[next_posting[term]] = next_position[term]
                next_posting[term] += 1
            posting = next_posting[term] - 1
            if position < title_end and in_title[posting] < MOST_IN_TITLE:
                in_title[posting] += 1
            positions[next_position[term]] = position
            next_position[term] += 1
    return docids, offsets, in_title, positions
