"""Where the words and phrases of a question stand in the articles found, from the inversion of their segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kb.indexing.columnar.leaves import FIELD_GAP, MOST_SLOP, WORD_FIELDS, SegmentLeaves
from kb.indexing.columnar.segment import OpenSegment
from kb.model import Unit
from kb.sentences import HEADING
from kb.texts import Occurrences

READ_IN = {
    "text": ("title", "body"),
    "word": ("title", "body"),
    "title": ("title",),
    "title_word": ("title",),
    "body": ("body",),
    "body_word": ("body",),
}
"""Where the terms of each field are read: in the title, in the text, in both."""

_NOTHING = np.empty(0, dtype=np.int64)


def occurrences(
    segments: Sequence[SegmentLeaves], units: Sequence[Unit], page: Sequence[tuple[int, int]]
) -> Occurrences:
    """Where the units stand in the articles of a page, which are given by segment and number."""
    parts = [np.empty((8, 0), dtype=np.int64)]
    for segment in sorted({segment for segment, _ in page}) if units else ():
        rows = sorted((row for row, (of, _) in enumerate(page) if of == segment), key=lambda row: page[row][1])
        parts.append(_in_segment(segments[segment].segment, units, page, rows))
    if len(parts) <= 2:
        return Occurrences(parts[-1])
    joined = np.concatenate(parts, axis=1)
    return Occurrences(joined[:, joined[0].argsort(kind="stable")])


def chain(places: Sequence[np.ndarray], slop: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last positions of the spans that visit the places in order; int64, shape (n,).

    Each place holds the sorted positions of its word; a word stands 1 to `slop` tokens after the one before it.
    """
    starts = ends = places[0]
    for place in places[1:]:
        if not len(ends) or not len(place):
            return _NOTHING, _NOTHING
        before = np.searchsorted(ends, place) - 1
        near = (before >= 0) & (place - ends[np.maximum(before, 0)] <= slop)
        starts, ends = starts[before[near]], place[near]
    return starts, ends


def _in_segment(
    segment: OpenSegment, units: Sequence[Unit], page: Sequence[tuple[int, int]], rows: Sequence[int]
) -> np.ndarray:
    """Of the articles of the page that are in one segment: `rows` says which, in the order of their numbers there."""
    numbers = np.array([page[row][1] for row in rows], dtype=np.int32)
    title_ends = segment.bounds[numbers] + segment.title_tokens[numbers]
    runs = [
        run
        for n, unit in enumerate(units)
        if len(unit.alternatives) == 1
        for run in _runs(segment, n, unit, 0, numbers)
    ]
    stretches = [_words(segment, runs)]
    stretches += [
        _phrase(segment, n, unit, numbers, title_ends) for n, unit in enumerate(units) if len(unit.alternatives) > 1
    ]
    found = np.concatenate(stretches, axis=1) if len(stretches) > 1 else stretches[0]
    in_title = found[2] < title_ends[found[0]]
    if any(unit.field not in ("text", "word") for unit in units):
        read = np.array([[field in READ_IN[unit.field] for field in ("body", "title")] for unit in units])
        kept = read[found[1], in_title.view(np.int8)]
        found, in_title = found[:, kept], in_title[kept]
    of_page = np.array(rows)[found[0]]
    order = (of_page * len(segment.places) + found[2]).argsort(kind="stable")
    _, of_unit, firsts, lasts, as_typed = found[:, order]
    table = np.empty((8, len(order)), dtype=np.int64)
    table[0] = of_page[order]
    table[1] = of_unit
    table[2] = in_title[order]
    table[3] = segment.arrays["starts"][firsts]
    table[5] = table[3] + segment.arrays["lengths"][firsts]
    table[4] = table[5] if len(stretches) == 1 else segment.arrays["starts"][lasts] + segment.arrays["lengths"][lasts]
    table[6] = as_typed
    table[7] = _in_heading(segment, firsts) & (table[2] == 0)
    return table


def _runs(segment: OpenSegment, number: int, unit: Unit, place: int, numbers: np.ndarray) -> Iterator[np.ndarray]:
    """Where the terms stand that satisfy one place of a unit: int64, shape (6, n).

    In which article, for which unit, as which word it must be written (-1: as any), as which it was typed (-1: as
    none), and from which place on how many.
    """
    as_written = unit.field in WORD_FIELDS
    typed = segment.words.get(unit.typed[place], -1) if unit.typed else -1
    for term in unit.alternatives[place]:
        postings = segment.postings_of_word(term) if as_written else segment.postings(term)
        owners = segment.posting_articles[postings]
        if not len(owners):
            continue
        at = owners.searchsorted(numbers)
        at[at == len(owners)] = 0
        (rows,) = (owners[at] == numbers).nonzero()
        at = at[rows] + postings.start
        runs = np.empty((6, len(rows)), dtype=np.int64)
        runs[0] = rows
        runs[1] = number
        runs[2] = segment.words.get(term, -1) if as_written else -1
        runs[3] = typed
        runs[4] = segment.posting_places[at]
        runs[5] = segment.posting_places[at + 1] - runs[4]
        yield runs


def _words(segment: OpenSegment, runs: Sequence[np.ndarray]) -> np.ndarray:
    """Article, unit, first and last token, and whether it is written as typed, of all that the runs say: (5, n)."""
    every = np.concatenate([np.empty((6, 0), dtype=np.int64), *runs], axis=1)
    if not every.size:
        return np.empty((5, 0), dtype=np.int64)
    begins, counts = every[4:]
    ends = counts.cumsum()
    places = np.arange(ends[-1]) + (begins - ends + counts).repeat(counts)
    tokens = segment.places[places]
    written = segment.arrays["tokens"][tokens]
    rows, units, wanted, typed = every[:4].repeat(counts, axis=1)
    found = np.array([rows, units, tokens, tokens, written == typed], dtype=np.int64)
    return found if every[2].max() < 0 else found[:, (wanted < 0) | (wanted == written)]


def _phrase(segment: OpenSegment, number: int, unit: Unit, numbers: np.ndarray, title_ends: np.ndarray) -> np.ndarray:
    """The same of a unit of several places."""
    found, spaced = [], []
    for place in range(len(unit.alternatives)):
        words = _words(segment, list(_runs(segment, number, unit, place, numbers)))
        in_text = words[2] >= title_ends[words[0]]
        # Room between articles, and between the title and the text of each, so that no phrase reaches across.
        apart = words[2] + FIELD_GAP * (2 * words[0] + in_text)
        order = apart.argsort()
        found.append(words[:, order])
        spaced.append(apart[order])
    begins, ends = chain(spaced, min(unit.slop, MOST_SLOP))
    rows, units, firsts, _, _ = found[0][:, spaced[0].searchsorted(begins)]
    lasts = found[-1][3, spaced[-1].searchsorted(ends)]
    as_typed = np.full(len(firsts), bool(unit.typed))
    for place, typed in enumerate(unit.typed):
        as_typed &= segment.arrays["tokens"][firsts + place] == segment.words.get(typed, -1)
    return np.array([rows, units, firsts, lasts, as_typed], dtype=np.int64)


def _in_heading(segment: OpenSegment, tokens: np.ndarray) -> np.ndarray:
    """Whether tokens of texts stand in a heading: bool."""
    kinds = segment.arrays["sentence_kinds"]
    if not len(kinds):
        return np.zeros(len(tokens), dtype=bool)
    numbers = segment.arrays["sentence_tokens"].searchsorted(tokens.astype(np.int32), "right") - 1
    in_heading: np.ndarray = kinds[numbers] & HEADING != 0
    return in_heading
