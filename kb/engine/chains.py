"""Chains of tokens: the matches of query terms with several slots, found while positions are read in order."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner
from kb.engine.term_tables import (
    CHAIN,
    OF_QUERY_TERM,
    READ_TEXT,
    READ_TITLE,
    SLOP,
    SLOT,
    SLOTS,
    TYPED,
    WORD,
)


@inner
def match_at(
    chains: np.ndarray, index_term: np.ndarray, query_term: np.ndarray, position: int, title_end: int, words: np.ndarray
) -> int:
    """First position of the match that ends with an index term at a position; -1 without. `chains` is updated."""
    if not query_term[READ_TITLE if position < title_end else READ_TEXT]:
        return -1
    if index_term[WORD] >= 0 and words[position] != index_term[WORD]:
        return -1
    return _extend(chains, index_term, query_term, position, title_end)


@inner
def _extend(chains: np.ndarray, index_term: np.ndarray, query_term: np.ndarray, position: int, title_end: int) -> int:
    """First position of the match that ends with an index term at a position; -1 if the position ends no match.

    A chain is a sequence of tokens for the first slots of a query term. `chains` has, for each slot of each query term,
    the first and the last position of the latest chain that ends with this slot, -1 without: int64, shape (slots, 2).
    It is updated.
    """
    first, slot, chain = position, index_term[SLOT], index_term[CHAIN]
    if slot:
        first, last = chains[chain - 1, 0], chains[chain - 1, 1]
        in_one_field = (last < title_end) == (position < title_end)
        if last < 0 or last >= position or position - last > query_term[SLOP] or not in_one_field:
            return -1
    chains[chain, 0], chains[chain, 1] = first, position
    return first if slot + 1 == query_term[SLOTS] else -1


@inner
def is_as_typed(index_terms: np.ndarray, term: int, first: int, words: np.ndarray) -> bool:
    """Whether the tokens from position `first` on are the words typed for the query term of `term`, with no gap."""
    for alternative in range(len(index_terms)):
        if (
            index_terms[alternative, OF_QUERY_TERM] == index_terms[term, OF_QUERY_TERM]
            and words[first + index_terms[alternative, SLOT]] != index_terms[alternative, TYPED]
        ):
            return False
    return True
