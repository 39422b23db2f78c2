"""The choice of passages: spans of matches that answer a question best, for all articles of a page at once.

A span is scored by the query terms it covers, each counted once and weighed by its idf, then by how close together and
how early they stand. Work grows with the number of matches, not with the length of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Float64s, Int64Table, compiled, inner
from kb.engine.interface import BEGIN, END, FIRST_END, IN_HEADING, IN_TITLE, QUERY_TERM, ROW, Positions
from kb.segments.page_texts import PageTexts
from kb.snippets.columns import (
    FIRST_MATCH_END,
    HIGH,
    LOW,
    PASSAGE_BEGIN,
    PASSAGE_END,
    SPAN_BEGIN,
    SPAN_COLUMNS,
    SPAN_END,
    TEXT_LENGTH,
)
from kb.snippets.highlights import shown_end

CLOSENESS = 0.4
"""Share of a typical query term's weight that a span loses when its matches are a whole passage apart."""

EARLINESS = 0.15
"""Share that a span loses at the end of the article."""

HEADING = 0.2
"""Share that a span loses when it begins in a heading, which would be glued to the text below."""

AGAIN = 0.3
"""Share of its weight that a query term keeps where an earlier passage shows it."""

LEAST = 0.05
"""The least weight of a query term, as a share of the greatest."""

MOST_MATCHES = 200
"""Matches of a query term in an article that spans are chosen among: the first ones. All are marked."""

MOST_OF_ALL = 1600
"""The same for all query terms together."""

_TERM, _MATCH_BEGIN, _MATCH_END, _LIMIT, _HEADED = range(5)
"""Columns of a match that a span may begin with: its query term; its begin and end; the end of the room behind it;
whether it is in a heading."""

_START_COLUMNS = 5


def best_spans(
    positions: Positions, texts: PageTexts, weights: Sequence[float], passages: np.ndarray, chars: int, longest: int
) -> np.ndarray:
    """The span for one more passage in each article that has free matches: a row of the table of spans each, ascending.

    weights   the idf of each query term
    passages  the passages chosen before, which cover no free match
    chars     length of a passage, in code points
    longest   length of a span
    """
    least = LEAST * max([1.0, *weights])
    values = np.array([max(weight, least) for weight in weights])
    most = min(MOST_MATCHES, max(8, MOST_OF_ALL // max(len(weights), 1)))
    return _best_spans(positions.table, texts.runs, values, passages, chars, longest, most)


@compiled
def _best_spans(
    matches: Int64Table, texts: Int64Table, weights: Float64s, passages: Int64Table, chars: int, longest: int, most: int
) -> np.ndarray:
    spans = np.empty((len(texts), SPAN_COLUMNS), dtype=np.int64)
    starts = np.empty((len(matches), _START_COLUMNS), dtype=np.int64)
    count = end = 0
    while end < len(matches):
        # Invariant: all matches before `end` are those of articles whose spans are written.
        begin, row = end, matches[end, ROW]
        while end < len(matches) and matches[end, ROW] == row:
            end += 1
        length = texts[row, TEXT_LENGTH]
        taken = passages[passages[:, ROW] == row]
        present, shown, free = _starts(starts, matches[begin:end], taken, length, len(weights), longest, most)
        values = weights * present
        typical = values.sum() / max(present.sum(), 1)
        values = np.where(shown, AGAIN * values, values)
        best, span_end = _best(starts[:free], values, typical, EARLINESS / max(length, 1), chars, longest)
        # A heading with nothing new is not worth another passage.
        if best >= 0 and not (starts[best, _HEADED] and shown[starts[best, _TERM]]):
            span = spans[count]
            span[ROW], span[SPAN_BEGIN], span[SPAN_END] = row, starts[best, _MATCH_BEGIN], span_end
            span[FIRST_MATCH_END] = starts[best, _MATCH_END]
            span[LOW], span[HIGH] = _room(taken, span[SPAN_BEGIN], length)
            count += 1
    return spans[:count]


@inner
def _room(taken: np.ndarray, begin: int, length: int) -> tuple[int, int]:
    """Bounds of the room around an offset that no passage of the text has taken."""
    low, high = 0, length
    for i in range(len(taken)):
        if taken[i, PASSAGE_END] <= begin:
            low = max(low, taken[i, PASSAGE_END])
        elif taken[i, PASSAGE_BEGIN] > begin:
            high = min(high, taken[i, PASSAGE_BEGIN])
    return low, high


@inner
def _starts(
    starts: np.ndarray,
    matches: np.ndarray,
    taken: np.ndarray,
    length: int,
    query_terms: int,
    longest: int,
    most: int,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Write the free matches of a text to `starts`, of each query term at most `most` matches considered.

    Returns which query terms the text has, which of them its passages show (bool, shape (query_terms,)), and how many
    matches are free.
    """
    counts = np.zeros(query_terms, dtype=np.int64)
    shown = np.zeros(query_terms, dtype=np.bool_)
    count = 0
    for i in range(len(matches)):
        query_term, begin = matches[i, QUERY_TERM], matches[i, BEGIN]
        if matches[i, IN_TITLE] or counts[query_term] == most:
            continue
        counts[query_term] += 1
        end = shown_end(begin, matches[i, END], matches[i, FIRST_END], longest)
        limit, free = length, True
        for passage in range(len(taken)):
            low, high = taken[passage, PASSAGE_BEGIN], taken[passage, PASSAGE_END]
            if begin >= low and end <= high:
                shown[query_term] = True
            if begin < low:
                limit = min(limit, low)
            free = free and (begin >= high or end <= low)
        if free:
            start = starts[count]
            start[_TERM], start[_MATCH_BEGIN], start[_MATCH_END] = query_term, begin, end
            start[_LIMIT], start[_HEADED] = limit, matches[i, IN_HEADING]
            count += 1
    return counts > 0, shown, count


@inner
def _best(
    starts: np.ndarray, values: np.ndarray, typical: float, late: float, chars: int, longest: int
) -> tuple[int, int]:
    """Index of the match that the best span begins with, the first of several, and the span's end; -1 without one."""
    following = np.full(len(values), -1, dtype=np.int64)
    best, best_score, best_end = -1, -np.inf, 0
    # Invariant: `following` has the next match of each query term from match `i` on, -1 for none.
    for i in range(len(starts) - 1, -1, -1):
        following[starts[i, _TERM]] = i
        begin = starts[i, _MATCH_BEGIN]
        limit = min(begin + longest, starts[i, _LIMIT])
        value, apart, end = 0.0, 0, 0
        for query_term in range(len(values)):
            match = following[query_term]
            if match >= 0 and starts[match, _MATCH_END] <= limit:
                value += values[query_term]
                apart = max(apart, starts[match, _MATCH_BEGIN] - begin)
                end = max(end, starts[match, _MATCH_END])
        loss = CLOSENESS / chars * apart + late * begin + HEADING * starts[i, _HEADED]
        score = value - typical * loss
        if score >= best_score:
            best, best_score, best_end = i, score, end
    return best, best_end
