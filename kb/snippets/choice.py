"""Which passage of each article answers a question best: chosen for all the articles of a page at once.

A passage is chosen by the words it covers, each counted once and weighed by how rare it is, then by how close together
and how early they stand. Work grows with the number of matches, not with the length of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Float64s, Int64Table, Uint8s, Uint32s, compiled, inner
from kb.engine.interface import Positions
from kb.segments.page_texts import PageTexts
from kb.snippets.highlights import shown_end
from kb.snippets.sentence_fitting import around

CLOSENESS = 0.4
EARLINESS = 0.15
HEADING = 0.2
AGAIN = 0.3
LEAST = 0.05
"""Shares of a typical word's weight: what is lost by matches far apart, by a passage at the end of the article, by one
that begins in a heading (which would be glued to the text below it), and what is left for a word that an earlier
passage already shows; and the least weight, as a share of the greatest."""

MOST_MATCHES = 200
MOST_OF_ALL = 1600
"""Places of each term in an article, and of all its terms together, among which passages are chosen: the first ones.
All that a passage shows are marked."""


def best_cores(
    positions: Positions, texts: PageTexts, weights: Sequence[float], taken: np.ndarray, chars: int, longest: int
) -> np.ndarray:
    """What one more passage is made around, for each article that has matches left: int64, shape (n, 8).

    The article's row, ascending, what `sentences_around` gives for its best matches, where these begin, where the first
    of them ends, where all of them end; and from where to where there is room between the passages taken.
    `weights` of the terms: how rare each is; `taken` the passages that there are, of which the first columns are row,
    start and end, int64; `chars` the length of a passage, `longest` that of its core.
    """
    least = LEAST * max([1.0, *weights])
    values = np.array([max(weight, least) for weight in weights])
    most = min(MOST_MATCHES, max(8, MOST_OF_ALL // max(len(weights), 1)))
    return _best_cores(positions.table, texts.runs, *texts.sentences, values, taken, chars, longest, most)


@compiled
def _best_cores(
    table: Int64Table,
    runs: Int64Table,
    starts: Uint32s,
    ends: Uint32s,
    kinds: Uint8s,
    weights: Float64s,
    taken: Int64Table,
    chars: int,
    longest: int,
    most: int,
) -> np.ndarray:
    cores = np.empty((len(runs), 8), dtype=np.int64)
    matches = np.empty((len(table), 5), dtype=np.int64)
    count = end = 0
    while end < len(table):
        begin, row = end, table[end, 0]
        while end < len(table) and table[end, 0] == row:
            end += 1
        length, _, _, _, _, sentence, last_sentence = runs[row]
        others = taken[taken[:, 0] == row]
        present, shown, left = _matches(matches, table[begin:end], others, length, len(weights), longest, most)
        values = weights * present
        typical = values.sum() / max(present.sum(), 1)
        values = np.where(shown, AGAIN * values, values)
        best, last = _best(matches[:left], values, typical, EARLINESS / max(length, 1), chars, longest)
        # A heading with nothing new is not worth another passage.
        if best >= 0 and not (matches[best, _IN_HEADING] and shown[matches[best, _QUERY_TERM]]):
            first = matches[best, _BEGIN]
            low, high = _room(others, first, length)
            own = slice(sentence, last_sentence)
            start, stop = around(starts[own], ends[own], kinds[own], first, last, low, high, chars)
            cores[count] = row, start, stop, first, matches[best, _END], last, low, high
            count += 1
    return cores[:count]


@inner
def _room(taken: np.ndarray, first: int, length: int) -> tuple[int, int]:
    """From where to where a passage around a place may go without meeting others of its text."""
    low, high = 0, length
    for other in range(len(taken)):
        start, stop = taken[other, 1], taken[other, 2]
        if stop <= first:
            low = max(low, stop)
        elif start > first:
            high = min(high, start)
    return low, high


_QUERY_TERM, _BEGIN, _END, _LIMIT, _IN_HEADING = range(5)
"""Of a match: its term and place, where what may be shown with it ends (at the next passage, or with the text), and
whether it is in a heading."""


@inner
def _matches(
    matches: np.ndarray, table: np.ndarray, taken: np.ndarray, length: int, query_terms: int, longest: int, most: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Writes where a passage may begin to `matches`, and gives which terms there are, which of them other passages
    show (bool, shape (query_terms,)), and how many matches were written."""
    counts = np.zeros(query_terms, dtype=np.int64)
    shown = np.zeros(query_terms, dtype=np.bool_)
    left = 0
    for i in range(len(table)):
        _, query_term, in_title, begin, end, first_end, _, in_heading = table[i]
        if in_title or counts[query_term] == most:
            continue
        counts[query_term] += 1
        end = shown_end(begin, end, first_end, longest)
        limit, free = length, True
        for other in range(len(taken)):
            start, stop = taken[other, 1], taken[other, 2]
            if begin >= start and end <= stop:
                shown[query_term] = True
            if begin < start:
                limit = min(limit, start)
            free = free and (begin >= stop or end <= start)
        if free:
            matches[left] = query_term, begin, end, limit, in_heading
            left += 1
    return counts > 0, shown, left


@inner
def _best(
    matches: np.ndarray, values: np.ndarray, typical: float, late: float, chars: int, longest: int
) -> tuple[int, int]:
    """The match that the best passage begins with, the first of several, and where the last one in it ends; or -1."""
    following = np.full(len(values), -1, dtype=np.int64)
    best, best_score, best_last = -1, -np.inf, 0
    for i in range(len(matches) - 1, -1, -1):
        following[matches[i, _QUERY_TERM]] = i
        begin = matches[i, _BEGIN]
        limit = min(begin + longest, matches[i, _LIMIT])
        value, apart, last = 0.0, 0, 0
        for query_term in range(len(values)):
            other = following[query_term]
            if other >= 0 and matches[other, _END] <= limit:
                value += values[query_term]
                apart = max(apart, matches[other, _BEGIN] - begin)
                last = max(last, matches[other, _END])
        loss = CLOSENESS / chars * apart + late * begin + HEADING * matches[i, _IN_HEADING]
        score = value - typical * loss
        if score >= best_score:
            best, best_score, best_last = i, score, last
    return best, best_last
