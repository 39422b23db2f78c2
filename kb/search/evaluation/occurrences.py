"""Where the words and phrases of a question stand in the articles found, from the inversion of their segment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.indexing.columnar.leaves import FIELD_GAP, MOST_SLOP, WORD_FIELDS, SegmentLeaves
from kb.model import Occurrence, Unit

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


class _Stretch(NamedTuple):
    """Where one unit stands in one article: from one token of the segment to another, for each match."""

    row: int
    unit: int
    firsts: np.ndarray
    lasts: np.ndarray


def occurrences(leaves: SegmentLeaves, units: Sequence[Unit], articles: Sequence[int]) -> list[tuple[Occurrence, ...]]:
    """For each article where each unit stands in its title and in its text."""
    segment = leaves.segment
    numbers = np.array(articles, dtype=np.int64)
    title_ends = (segment.bounds[numbers] + segment.title_tokens[numbers]).tolist()
    stretches = [
        stretch
        for number, unit in enumerate(units)
        for stretch in _stretches(leaves, number, unit, numbers, title_ends)
    ]
    found: list[list[Occurrence]] = [[] for _ in articles]
    if stretches:
        firsts = np.concatenate([stretch.firsts for stretch in stretches])
        single = all(stretch.firsts is stretch.lasts for stretch in stretches)
        lasts = firsts if single else np.concatenate([stretch.lasts for stretch in stretches])
        starts = segment.arrays["starts"]
        lengths = segment.arrays["lengths"]
        begin = starts[firsts]
        begins, first_ends = begin.tolist(), (begin + lengths[firsts]).tolist()
        ends = first_ends if single else (starts[lasts] + lengths[lasts]).tolist()
        tokens = firsts.tolist()
        place = 0
        for row, unit, of_stretch, _ in stretches:
            end = place + len(of_stretch)
            split = bisect_left(tokens, title_ends[row], place, end)
            fields = READ_IN[units[unit].field]
            if split > place and "title" in fields:
                here = slice(place, split)
                found[row].append(Occurrence(unit, "title", begins[here], ends[here], first_ends[here]))
            if end > split and "body" in fields:
                here = slice(split, end)
                found[row].append(Occurrence(unit, "body", begins[here], ends[here], first_ends[here]))
            place = end
    return [tuple(listed) for listed in found]


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


def _stretches(
    leaves: SegmentLeaves, number: int, unit: Unit, articles: np.ndarray, title_ends: Sequence[int]
) -> list[_Stretch]:
    as_written = unit.field in WORD_FIELDS
    places = [[_tokens(leaves, as_written, term, articles) for term in terms] for terms in unit.alternatives]
    stretches = []
    for row, title_end in enumerate(title_ends):
        merged = [_merged([tokens[row] for tokens in alternatives]) for alternatives in places]
        if len(merged) == 1:
            firsts = lasts = merged[0]
        else:
            # The text stands FIELD_GAP further on than the title, so that no phrase reaches across.
            spaced = [np.where(tokens < title_end, tokens, tokens + FIELD_GAP) for tokens in merged]
            firsts, lasts = chain(spaced, min(unit.slop, MOST_SLOP))
            firsts, lasts = (np.where(x < title_end, x, x - FIELD_GAP) for x in (firsts, lasts))
        if len(firsts):
            stretches.append(_Stretch(row, number, firsts, lasts))
    return stretches


def _tokens(leaves: SegmentLeaves, as_written: bool, term: str, articles: np.ndarray) -> list[np.ndarray]:
    """The tokens of a term in each of the articles, ascending."""
    segment = leaves.segment
    postings = segment.postings_of_word(term) if as_written else segment.postings(term)
    owners = segment.posting_articles[postings]
    if not len(owners):
        return [_NOTHING] * len(articles)
    rows = owners.searchsorted(articles)
    rows[rows == len(owners)] = 0
    there = (owners[rows] == articles).tolist()
    rows += postings.start
    begins = segment.posting_places[rows].tolist()
    ends = segment.posting_places[rows + 1].tolist()
    slices = [
        segment.places[begin:end] if present else _NOTHING
        for present, begin, end in zip(there, begins, ends, strict=True)
    ]
    if as_written:
        word = segment.words.get(term, -1)
        return [tokens[segment.arrays["tokens"][tokens] == word] for tokens in slices]
    return slices


def _merged(parts: Sequence[np.ndarray]) -> np.ndarray:
    if len(parts) == 1:
        return parts[0]
    present = [part for part in parts if len(part)]
    return np.unique(np.concatenate(present)) if present else _NOTHING
