"""Where the words and phrases of a question stand in the articles found, from the inversion of their segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kb.indexing.columnar.leaves import FIELD_GAP, MOST_SLOP, WORD_FIELDS, SegmentLeaves
from kb.indexing.columnar.runs import Runs
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


class _Term(NamedTuple):
    """A term that satisfies one place of a unit in one segment, with its postings.

    `word` is the word it must be written as (-1: any), `typed` the one that was typed (-1: none).
    """

    unit: int
    place: int
    word: int
    typed: int
    postings: slice


def _in_segment(
    segment: OpenSegment, units: Sequence[Unit], page: Sequence[tuple[int, int]], rows: Sequence[int]
) -> np.ndarray:
    """Of the articles of the page that are in one segment: `rows` says which, in the order of their numbers there."""
    numbers = np.array([page[row][1] for row in rows], dtype=np.int32)
    title_ends = segment.bounds[numbers] + segment.title_tokens[numbers]
    terms = list(_terms(segment, units))
    found = _words(segment, terms, numbers)
    phrases = [number for number, unit in enumerate(units) if len(unit.alternatives) > 1]
    if phrases:
        found = _with_phrases(segment, units, phrases, found, title_ends)
    in_title = found.firsts < title_ends[found.rows]
    if any(unit.field not in ("text", "word") for unit in units):
        read = np.array([[field in READ_IN[unit.field] for field in ("body", "title")] for unit in units])
        (kept,) = read[found.units, in_title.view(np.int8)].nonzero()
        found, in_title = _Stretches(*(column[kept] for column in found)), in_title[kept]
    of_page = np.array(rows)[found.rows]
    order = (of_page * len(segment.places) + found.firsts).argsort(kind="stable")
    firsts = found.firsts[order]
    table = np.empty((8, len(order)), dtype=np.int64)
    table[0] = of_page[order]
    table[1] = found.units[order]
    table[2] = in_title[order]
    table[3] = segment.arrays["starts"][firsts]
    table[5] = table[3] + segment.arrays["lengths"][firsts]
    table[4] = table[5]
    if phrases:
        lasts = found.lasts[order]
        table[4] = segment.arrays["starts"][lasts].astype(np.int64) + segment.arrays["lengths"][lasts]
    table[6] = found.as_typed[order]
    table[7] = _in_heading(segment, firsts)
    table[7] &= table[2] == 0
    return table


def _terms(segment: OpenSegment, units: Sequence[Unit]) -> Iterator[_Term]:
    """All terms of the units that the segment has."""
    for number, unit in enumerate(units):
        as_written = unit.field in WORD_FIELDS
        for place, terms in enumerate(unit.alternatives):
            typed = segment.words.get(unit.typed[place], -1) if unit.typed else -1
            for term in terms:
                postings = segment.postings_of_word(term) if as_written else segment.postings(term)
                if postings.stop:
                    word = segment.words.get(term, -1) if as_written else -1
                    yield _Term(number, place, word, typed, postings)


class _Stretches(NamedTuple):
    """Where units stand: from one token of a segment to another: int64, shape (n,); `as_typed`: bool."""

    rows: np.ndarray
    units: np.ndarray
    places: np.ndarray
    firsts: np.ndarray
    lasts: np.ndarray
    as_typed: np.ndarray


def _words(segment: OpenSegment, terms: Sequence[_Term], numbers: np.ndarray) -> _Stretches:
    """Where each term stands in the articles, which are given by ascending numbers."""
    if not terms:
        nothing = np.empty(0, dtype=np.int64)
        return _Stretches(nothing, nothing, nothing, nothing, nothing, nothing.astype(bool))
    runs = Runs.of(segment, [term.postings for term in terms], numbers)
    tokens = segment.places[runs.places()].astype(np.int64)
    cells = np.arange(len(runs.counts)).repeat(runs.counts)
    of_term, rows = np.divmod(cells, len(numbers))
    written = segment.arrays["tokens"][tokens]
    units, places, words, typed = np.array([term[:4] for term in terms]).T[:, of_term]
    found = _Stretches(rows, units, places, tokens, tokens, written == typed)
    if all(term.word < 0 for term in terms):
        return found
    (kept,) = ((words < 0) | (words == written)).nonzero()
    return _Stretches(*(column[kept] for column in found))


def _with_phrases(
    segment: OpenSegment, units: Sequence[Unit], phrases: Sequence[int], words: _Stretches, title_ends: np.ndarray
) -> _Stretches:
    """The words of single units, and the stretches of those of several places."""
    # Room between articles, and between the title and the text of each, so that no phrase reaches across.
    apart = words.firsts + FIELD_GAP * (2 * words.rows + (words.firsts >= title_ends[words.rows]))
    (single,) = (~np.isin(words.units, phrases)).nonzero()
    parts = [_Stretches(*(column[single] for column in words))]
    parts += [_phrase(segment, number, units[number], words, apart) for number in phrases]
    return _Stretches(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _phrase(segment: OpenSegment, number: int, unit: Unit, words: _Stretches, apart: np.ndarray) -> _Stretches:
    chosen, spaced = [], []
    for place in range(len(unit.alternatives)):
        (at,) = ((words.units == number) & (words.places == place)).nonzero()
        at = at[apart[at].argsort()]
        chosen.append(at)
        spaced.append(apart[at])
    begins, ends = chain(spaced, min(unit.slop, MOST_SLOP))
    first = chosen[0][spaced[0].searchsorted(begins)]
    firsts = words.firsts[first]
    as_typed = np.full(len(firsts), bool(unit.typed))
    for place, typed in enumerate(unit.typed):
        as_typed &= segment.arrays["tokens"][firsts + place] == segment.words.get(typed, -1)
    lasts = words.lasts[chosen[-1][spaced[-1].searchsorted(ends)]]
    return _Stretches(words.rows[first], words.units[first], words.places[first], firsts, lasts, as_typed)


def _in_heading(segment: OpenSegment, tokens: np.ndarray) -> np.ndarray:
    """Whether tokens of texts stand in a heading: bool."""
    kinds = segment.arrays["sentence_kinds"]
    if not len(kinds):
        return np.zeros(len(tokens), dtype=bool)
    numbers = segment.arrays["sentence_tokens"].searchsorted(tokens.astype(np.int32), "right") - 1
    in_heading: np.ndarray = kinds[numbers] & HEADING != 0
    return in_heading
