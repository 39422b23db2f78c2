"""Where the words and phrases of a question stand in the articles found, from the inversion of their segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.indexing.columnar.leaves import FIELD_GAP, MOST_SLOP, WORD_FIELDS, SegmentLeaves
from kb.model import Occurrence, Unit

READ_IN = {"text": ("title", "body"), "word": ("title", "body"), "title": ("title",), "body": ("body",)}
READ_IN |= {"title_word": ("title",), "body_word": ("body",)}


def occurrences(
    leaves: SegmentLeaves, units: Sequence[Unit], articles: Sequence[int]
) -> dict[int, tuple[Occurrence, ...]]:
    """For each article where each unit stands in its title and in its text, as token numbers within that field."""
    found: dict[int, list[Occurrence]] = {article: [] for article in articles}
    wanted = np.array(articles)
    positions: dict[tuple[bool, str], list[np.ndarray]] = {}
    for number, unit in enumerate(units):
        as_written = unit.field in WORD_FIELDS
        for term in {term for terms in unit.alternatives for term in terms}:
            if (as_written, term) not in positions:
                positions[as_written, term] = _positions(leaves, as_written, term, wanted)
        for row, article in enumerate(articles):
            places = [_merged([positions[as_written, t][row] for t in terms]) for terms in unit.alternatives]
            spans = chain(places, min(unit.slop, MOST_SLOP))
            if len(spans):
                found[article] += _in_fields(number, READ_IN[unit.field], spans)
    return {article: tuple(listed) for article, listed in found.items()}


def chain(places: Sequence[np.ndarray], slop: int) -> np.ndarray:
    """Spans (first token, one past the last; int32, shape (n, 2)) that visit the places in order.

    Each place holds the sorted positions of its word; a word stands 1 to `slop` tokens after the one before it.
    """
    starts = ends = places[0]
    for place in places[1:]:
        if not len(ends) or not len(place):
            return np.empty((0, 2), dtype=np.int32)
        before = np.searchsorted(ends, place) - 1
        near = (before >= 0) & (place - ends[np.maximum(before, 0)] <= slop)
        starts, ends = starts[before[near]], place[near]
    return np.stack([starts, ends + 1], axis=1).astype(np.int32)


def _in_fields(unit: int, fields: tuple[str, ...], spans: np.ndarray) -> list[Occurrence]:
    """The spans of the title and those of the text, which stand FIELD_GAP further on."""
    in_text = spans[:, 0] >= FIELD_GAP
    split = {"title": spans[~in_text], "body": spans[in_text] - FIELD_GAP}
    return [Occurrence(unit, field, split[field]) for field in fields if len(split[field])]


def _positions(leaves: SegmentLeaves, as_written: bool, term: str, articles: np.ndarray) -> list[np.ndarray]:
    """The tokens of a term in each article: numbers within the title, and FIELD_GAP plus those within the text."""
    segment = leaves.segment
    postings = segment.postings_of_word(term) if as_written else segment.postings(term)
    owners = segment.posting_articles[postings]
    nothing = np.empty(0, dtype=np.int64)
    if not len(owners):
        return [nothing] * len(articles)
    rows = np.minimum(np.searchsorted(owners, articles), len(owners) - 1)
    there = owners[rows] == articles
    begins = segment.posting_places[rows + postings.start].tolist()
    ends = segment.posting_places[rows + postings.start + 1].tolist()
    word = segment.words.get(term, -1)
    found = []
    for present, begin, end, article in zip(there.tolist(), begins, ends, articles.tolist(), strict=True):
        if not present:
            found.append(nothing)
            continue
        tokens = segment.places[begin:end]
        if as_written:
            tokens = tokens[segment.arrays["tokens"][tokens] == word]
        local = tokens - segment.bounds[article]
        in_title = segment.title_tokens[article]
        found.append(np.where(local < in_title, local, local - in_title + FIELD_GAP))
    return found


def _merged(parts: Sequence[np.ndarray]) -> np.ndarray:
    if len(parts) == 1:
        return parts[0]
    present = [part for part in parts if len(part)]
    return np.unique(np.concatenate(present)) if present else np.empty(0, dtype=np.int64)
