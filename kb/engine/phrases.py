"""Articles with a phrase: one loop over the postings and positions of the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, compiled, inner
from kb.engine.galloping import postings_of
from kb.segments.inversion import Inversion
from kb.segments.postings import MOST_SLOP, TermReader
from kb.segments.schema import FIELDS

_BEGIN, _END, _WORD = range(3)
"""Columns of a slot:

* _BEGIN, _END: slice of the postings
* _WORD: id of the word to match as written; -1 for any word with the stem
"""


class Phrase(NamedTuple):
    """Slots of a phrase, to be filled in order by tokens of an article."""

    slots: np.ndarray
    """int64, shape (slots, 3)."""
    slop: int
    """The greatest distance from a slot's token to the next slot's."""
    in_title: bool
    in_text: bool
    """Parts of an article to look in."""


def articles_with_phrase(reader: TermReader, field: str, terms: Sequence[str], slop: int) -> np.ndarray:
    """Articles with the terms of a text field in order, each 1 to `slop` tokens after the one before.

    Docids, ascending, deleted articles included: int32, shape (n,).
    """
    segment, searched = reader.segment, FIELDS[field]
    exact = searched.form == "word"
    slots = []
    for term in terms:
        postings = segment.postings_of_word(term) if exact else segment.postings(term)
        slots.append((postings.start, postings.stop, segment.words.get(term, -1) if exact else -1))
    parts = searched.in_title, searched.in_body
    table = np.array(slots, dtype=np.int64)
    return _with_phrase(table, min(slop, MOST_SLOP), *parts, segment.tokens, *segment.inversion)


@compiled
def _with_phrase(
    slots: Int64Table,
    slop: int,
    in_title: bool,
    in_text: bool,
    words: Int32s,
    docids: Int32s,
    offsets: Int64s,
    positions: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> np.ndarray:
    inversion = Inversion(docids, offsets, positions, bounds, title_tokens)
    return with_phrase(Phrase(slots, slop, in_title, in_text), words, inversion)


@inner
def with_phrase(phrase: Phrase, words: np.ndarray, inversion: Inversion) -> np.ndarray:
    """The docids of `articles_with_phrase`; `words` has the word id of each token of the segment (int32)."""
    slots = phrase.slots
    docids, offsets, positions, bounds, title_tokens = inversion
    rarest = 0
    for slot in range(len(slots)):
        if slots[slot, _END] - slots[slot, _BEGIN] < slots[rarest, _END] - slots[rarest, _BEGIN]:
            rarest = slot
    articles = docids[slots[rarest, _BEGIN] : slots[rarest, _END]].copy()
    postings = postings_of(articles, slots, docids, len(title_tokens))
    count = 0
    # Invariant: articles[:count] are the articles with the phrase before articles[i].
    for i in range(len(articles)):
        title_end = bounds[articles[i]] + title_tokens[articles[i]]
        articles[count] = articles[i]
        count += _has_phrase(phrase, postings[i], title_end, words, offsets, positions)
    return articles[:count]


@inner
def _has_phrase(
    phrase: Phrase, postings: np.ndarray, title_end: int, words: np.ndarray, offsets: np.ndarray, positions: np.ndarray
) -> bool:
    """Whether the article with a posting for each slot has the phrase, within the title or within the text."""
    for posting in postings:
        if posting < 0:
            return False
    ends = np.empty(0, dtype=np.int64)
    # Invariant: `ends` are the positions, ascending, at which matches of the slots so far end.
    for slot in range(len(postings)):
        own = positions[offsets[postings[slot]] : offsets[postings[slot] + 1]]
        word, previous = phrase.slots[slot, _WORD], ends
        ends = np.empty(len(own), dtype=np.int64)
        before = count = 0
        for position in own:
            is_word = word < 0 or words[position] == word
            if not (is_word and (phrase.in_title if position < title_end else phrase.in_text)):
                continue
            while before < len(previous) and previous[before] < position:
                before += 1
            last = previous[before - 1] if before else -1
            follows = last >= 0 and position - last <= phrase.slop and (last < title_end) == (position < title_end)
            if slot == 0 or follows:
                ends[count] = position
                count += 1
        ends = ends[:count]
    return len(ends) > 0
