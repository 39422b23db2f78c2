"""The inversion of tokens into postings, by counting sort: linear in the tokens.

One pass counts the tokens and postings of each term, a second pass appends each token to the positions of its term.
Nothing is compared: tokens come in order of articles and positions, and keep that order within each term.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, compiled
from kb.segments.arrays import Arrays
from kb.segments.bounds import bounds_of

MOST_IN_TITLE = 65535
"""Frequencies in a title are capped here: `posting_in_title` is uint16."""


class Inversion(NamedTuple):
    """The inverted index of a segment: d articles, t tokens, p postings.

    docids        int32 (p,)      article of each posting
    offsets       int64 (p + 1,)  posting i has the tokens `positions[offsets[i]:offsets[i + 1]]`
    positions     int32 (t,)      tokens of the segment, ascending within a posting
    bounds        int64 (d + 1,)  an article has the tokens `bounds[docid]:bounds[docid + 1]`, title before text
    title_tokens  int32 (d,)      tokens of the title
    """

    docids: np.ndarray
    offsets: np.ndarray
    positions: np.ndarray
    bounds: np.ndarray
    title_tokens: np.ndarray


def inverted(terms: np.ndarray, bounds: np.ndarray, title_tokens: np.ndarray, term_count: int) -> Arrays:
    """The postings of every term id, as arrays of `layout.py`; `terms`: term id of each token, int32, shape (t,)."""
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


@compiled
def counted(terms: Int32s, bounds: Int64s, term_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Collection frequency and document frequency of every term id: int64, shape (term_count,) each."""
    tokens = np.zeros(term_count, dtype=np.int64)
    articles = np.zeros(term_count, dtype=np.int64)
    last = np.full(term_count, -1, dtype=np.int32)
    for docid in range(len(bounds) - 1):
        for token in range(bounds[docid], bounds[docid + 1]):
            term = terms[token]
            tokens[term] += 1
            # Invariant: last[term] is the last article up to `docid` that has the term.
            if last[term] != docid:
                last[term] = docid
                articles[term] += 1
    return tokens, articles


@compiled
def _postings(
    terms: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
    position_bounds: Int64s,
    posting_bounds: Int64s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Docid, offset in the positions and frequency in the title of every posting, and the positions.

    int32 (p,), int64 (p + 1,), uint16 (p,), int32 (t,). `position_bounds` and `posting_bounds`: of every term id.
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
        for token in range(bounds[docid], bounds[docid + 1]):
            term = terms[token]
            # Invariant: the postings and positions of a term are complete up to the token before this one.
            if last[term] != docid:
                last[term] = docid
                docids[next_posting[term]] = docid
                offsets[next_posting[term]] = next_position[term]
                next_posting[term] += 1
            posting = next_posting[term] - 1
            if token < title_end and in_title[posting] < MOST_IN_TITLE:
                in_title[posting] += 1
            positions[next_position[term]] = token
            next_position[term] += 1
    return docids, offsets, in_title, positions
