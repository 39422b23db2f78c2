"""The choice of passages: spans of matches that answer a question best, for all articles of a page at once.

The score of a span is the idf of the query terms covered, each counted once, less a loss for matches far apart or late
in the article. Work grows with the count of matches, not with the length of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.compiled import Float64s, Int64Table, compiled, inner
from kb.engine.interface import (
    BEGIN,
    END,
    FIRST_END,
    IN_HEADING,
    IN_TITLE,
    QUERY_TERM,
    ROW,
    Positions,
    most_matches,
)
from kb.segments.page_texts import LENGTH, PageTexts
from kb.snippets.columns import (
    FIRST_MATCH_END,
    HIGH,
    LOW,
    PASSAGE_BEGIN,
    PASSAGE_END,
    RANGE_BEGIN,
    RANGE_END,
    SPAN_BEGIN,
    SPAN_COLUMNS,
    SPAN_END,
)
from kb.snippets.highlights import shown_end

CLOSENESS = 0.4
"""Loss for matches a whole passage apart, as a share of a typical query term's weight."""

EARLINESS = 0.15
"""Loss at the end of the article, likewise."""

HEADING = 0.2
"""Loss for a span from a heading on, likewise: the snippet would glue the heading to the text below."""

REPEATED = 0.3
"""Share of its weight left to a query term that an earlier passage shows."""

LEAST_WEIGHT = 0.05
"""The least weight of a query term, as a share of the greatest."""

_TERM, _MATCH_BEGIN, _MATCH_END, _LIMIT, _HEADED = range(5)
"""Start of a span, a free match: query term; begin and end; end of the room behind; whether in a heading."""

_START_COLUMNS = 5


class Limits(NamedTuple):
    """Bounds for the starts of spans: length of the text, length of a span, matches of a query term."""

    text: int
    span: int
    matches: int


def best_spans(
    positions: Positions, texts: PageTexts, weights: Sequence[float], passages: np.ndarray, chars: int, longest: int
) -> np.ndarray:
    """Spans for one more passage in each article with free matches, ascending by article (table of `columns.py`).

    weights   idf by query term
    passages  chosen before; a match is free if no passage shows any of it
    chars     length of a passage, in code points
    longest   length of a span
    """
    least = LEAST_WEIGHT * max([1.0, *weights])
    values = np.array([max(weight, least) for weight in weights])
    most = most_matches(len(weights))
    return _best_spans(positions.table, texts.rows, values, passages, chars, longest, most)


@compiled
def _best_spans(
    matches: Int64Table, texts: Int64Table, weights: Float64s, passages: Int64Table, chars: int, longest: int, most: int
) -> np.ndarray:
    spans = np.empty((len(texts), SPAN_COLUMNS), dtype=np.int64)
    starts = np.empty((len(matches), _START_COLUMNS), dtype=np.int64)
    ranges = np.empty((len(passages), 2), dtype=np.int64)
    values = np.empty(len(weights), dtype=np.float64)
    count = end = 0
    while end < len(matches):
        # Invariant: the matches before `end` are of articles with their spans written.
        begin, row = end, matches[end, ROW]
        while end < len(matches) and matches[end, ROW] == row:
            end += 1
        length = texts[row, LENGTH]
        shown = ranges[: _write_shown(ranges, passages, row)]
        counts, is_shown, free = _write_starts(
            starts, matches[begin:end], shown, Limits(length, longest, most), len(weights)
        )
        typical = _write_values(values, weights, counts, is_shown)
        best, span_end = _best(starts[:free], values, typical, EARLINESS / max(length, 1), chars, longest)
        # A heading with nothing new is not worth another passage.
        if best >= 0 and not (starts[best, _HEADED] and is_shown[starts[best, _TERM]]):
            span = spans[count]
            span[ROW], span[SPAN_BEGIN], span[SPAN_END] = row, starts[best, _MATCH_BEGIN], span_end
            span[FIRST_MATCH_END] = starts[best, _MATCH_END]
            span[LOW], span[HIGH] = _room(shown, span[SPAN_BEGIN], length)
            count += 1
    return spans[:count]


@inner
def _write_shown(ranges: np.ndarray, passages: np.ndarray, row: int) -> int:
    """Write the range of each passage of an article; the count."""
    count = 0
    for i in range(len(passages)):
        if passages[i, ROW] == row:
            ranges[count, RANGE_BEGIN], ranges[count, RANGE_END] = passages[i, PASSAGE_BEGIN], passages[i, PASSAGE_END]
            count += 1
    return count


@inner
def _write_values(values: np.ndarray, weights: np.ndarray, counts: np.ndarray, is_shown: np.ndarray) -> float:
    """Write the worth of each query term in a further passage; the mean weight of the terms in the article."""
    total, present = 0.0, 0
    for query_term in range(len(values)):
        values[query_term] = 0.0
        if counts[query_term]:
            present += 1
            total += weights[query_term]
            values[query_term] = REPEATED * weights[query_term] if is_shown[query_term] else weights[query_term]
    return total / max(present, 1)


@inner
def _room(shown: np.ndarray, begin: int, length: int) -> tuple[int, int]:
    """Bounds of the room around an offset, between the passages of the text."""
    low, high = 0, length
    for i in range(len(shown)):
        if shown[i, RANGE_END] <= begin:
            low = max(low, shown[i, RANGE_END])
        elif shown[i, RANGE_BEGIN] > begin:
            high = min(high, shown[i, RANGE_BEGIN])
    return low, high


@inner
def _write_starts(
    starts: np.ndarray, matches: np.ndarray, shown: np.ndarray, limits: Limits, query_terms: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Write the free matches of an article.

    Returns by query term the count of matches (int64) and whether a passage shows the term (bool), and the count of
    free matches.
    """
    counts = np.zeros(query_terms, dtype=np.int64)
    is_shown = np.zeros(query_terms, dtype=np.bool_)
    free = 0
    for i in range(len(matches)):
        query_term, begin = matches[i, QUERY_TERM], matches[i, BEGIN]
        if matches[i, IN_TITLE] or counts[query_term] == limits.matches:
            continue
        counts[query_term] += 1
        end = shown_end(begin, matches[i, END], matches[i, FIRST_END], limits.span)
        limit, is_free = limits.text, True
        for passage in range(len(shown)):
            low, high = shown[passage, RANGE_BEGIN], shown[passage, RANGE_END]
            if begin >= low and end <= high:
                is_shown[query_term] = True
            if begin < low:
                limit = min(limit, low)
            is_free = is_free and (begin >= high or end <= low)
        if is_free:
            start = starts[free]
            start[_TERM], start[_MATCH_BEGIN], start[_MATCH_END] = query_term, begin, end
            start[_LIMIT], start[_HEADED] = limit, matches[i, IN_HEADING]
            free += 1
    return counts, is_shown, free


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
