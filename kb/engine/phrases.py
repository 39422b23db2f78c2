"""Articles with a phrase: one loop over the postings and positions of the words, which can stop and go on.

An article is read in windows of tokens, slot by slot; from window to window only the latest end of each slot is carried
on. So a long article takes no more memory than a short one, and the loop can stop between two windows for a look at the
deadline.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, WrittenInt64s, compiled, inner
from kb.deadline import NEVER, Deadline
from kb.engine.galloping import gallop, postings_of
from kb.segments.inversion import Inversion
from kb.segments.postings import MOST_SLOP, TermReader
from kb.segments.schema import FIELDS

STEPS = 1 << 22
"""Positions read between two looks at the deadline, at least: some milliseconds."""

_BLOCK = 4096
"""Articles to look up postings of at a time, with eight bytes for each pair of article and slot."""

WINDOW = 1 << 14
"""Tokens of a window."""

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


class Scan(NamedTuple):
    """How far an article has been read, to go on from there."""

    carried: np.ndarray
    """Position of the latest end of each slot before the window, -1 without: int64, shape (slots,)."""
    begin: np.ndarray
    """Position where the next window begins, -1 for the begin of an article: int64, shape (1,)."""


class _Columns(NamedTuple):
    """Word id of each token (int32), offsets and positions of the inversion."""

    words: np.ndarray
    offsets: np.ndarray
    positions: np.ndarray


def articles_with_phrase(
    reader: TermReader, field: str, terms: Sequence[str], slop: int, deadline: Deadline = NEVER, steps: int = STEPS
) -> np.ndarray:
    """Articles with the terms of a text field in order, each 1 to `slop` tokens after the one before.

    Docids, ascending, deleted articles included: int32, shape (n,). Raises DeadlinePassed after some `steps`.
    """
    segment, searched = reader.segment, FIELDS[field]
    slots = []
    for term in terms:
        postings = segment.postings_in(field, term)
        slots.append((postings.start, postings.stop, segment.word_in(field, term)))
    table = np.array(slots, dtype=np.int64)
    rarest = table[(table[:, _END] - table[:, _BEGIN]).argmin()]
    articles = segment.inversion.docids[rarest[_BEGIN] : rarest[_END]]
    how = min(slop, MOST_SLOP), searched.in_title, searched.in_body
    scan = Scan(np.full(len(terms), -1, dtype=np.int64), np.full(1, -1, dtype=np.int64))
    found, begin = [np.empty(0, dtype=np.int32)], 0
    while begin < len(articles):
        if begin or scan.begin[0] >= 0:
            deadline.check()
        block = articles[begin : begin + _BLOCK]
        read, docids = _scan_articles(block, table, *how, steps, *scan, segment.tokens, *segment.inversion)
        begin += read
        found.append(docids)
    return np.concatenate(found)


@compiled
def _scan_articles(
    articles: Int32s,
    slots: Int64Table,
    slop: int,
    in_title: bool,
    in_text: bool,
    steps: int,
    carried: WrittenInt64s,
    begin: WrittenInt64s,
    words: Int32s,
    docids: Int32s,
    offsets: Int64s,
    positions: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> tuple[int, np.ndarray]:
    inversion = Inversion(docids, offsets, positions, bounds, title_tokens)
    phrase = Phrase(slots, slop, in_title, in_text)
    return scan_articles(articles.copy(), phrase, Scan(carried, begin), steps, words, inversion)


@inner
def scan_articles(
    articles: np.ndarray, phrase: Phrase, scan: Scan, steps: int, words: np.ndarray, inversion: Inversion
) -> tuple[int, np.ndarray]:
    """Number of the articles (ascending docids, int32) read to the end, and those of them with the phrase (int32).

    Stops after `steps` positions or some more: `scan` is then where to go on in the next article. `words` has the word
    id of each token of the segment (int32).
    """
    docids, offsets, positions, bounds, title_tokens = inversion
    postings = postings_of(articles, phrase.slots, docids, len(title_tokens))
    ends = np.empty((2, WINDOW), dtype=np.int64)
    found = np.empty(len(articles), dtype=np.int32)
    count = 0
    # Invariant: found[:count] are the articles with the phrase before articles[i].
    for i in range(len(articles)):
        if steps <= 0:
            return i, found[:count].copy()
        if scan.begin[0] < 0:
            if postings[i].min() < 0:
                continue
            scan.carried[:] = -1
            scan.begin[0] = max(0, bounds[articles[i]])
        title_end = bounds[articles[i]] + title_tokens[articles[i]]
        # Within the tokens, or bounds that rot while they are open would be windows without end.
        end = min(bounds[articles[i] + 1], len(words))
        has_phrase = False
        while not has_phrase and scan.begin[0] < end:
            if steps <= 0:
                return i, found[:count].copy()
            steps -= _scan_window(phrase, postings[i], title_end, scan, ends, _Columns(words, offsets, positions))
            has_phrase = scan.carried[-1] >= 0
        scan.begin[0] = -1
        found[count] = articles[i]
        count += has_phrase
    return len(articles), found[:count].copy()


@inner
def _scan_window(
    phrase: Phrase, postings: np.ndarray, title_end: int, scan: Scan, ends: np.ndarray, columns: _Columns
) -> int:
    """Read the next window of an article: `scan` moves behind it. Returns the number of positions read.

    `postings` has the posting of each slot; `ends` is overwritten: int64, shape (2, WINDOW).
    """
    words, offsets, positions = columns
    begin = scan.begin[0]
    end, steps, previous_count, previous_carried = begin + WINDOW, 0, 0, -1
    for slot in range(len(postings)):
        # Invariant: previous[:previous_count] are the positions, ascending, of the window at which matches of the
        # slots before end; `previous_carried` is the latest before the window.
        own, previous = ends[slot % 2], ends[(slot + 1) % 2]
        word, carried = phrase.slots[slot, _WORD], scan.carried[slot]
        high = offsets[postings[slot] + 1]
        i = offsets[postings[slot]] + gallop(positions[offsets[postings[slot]] : high], begin, 0)
        before = count = 0
        while i < high and positions[i] < end:
            position = positions[i]
            i, steps = i + 1, steps + 1
            is_word = word < 0 or words[position] == word
            if not (is_word and (phrase.in_title if position < title_end else phrase.in_text)):
                continue
            while before < previous_count and previous[before] < position:
                before += 1
            last = previous[before - 1] if before else previous_carried
            follows = last >= 0 and position - last <= phrase.slop and (last < title_end) == (position < title_end)
            if slot == 0 or follows:
                own[count] = position
                count += 1
        previous_count, previous_carried = count, carried
        if count:
            scan.carried[slot] = own[count - 1]
    scan.begin[0] = end
    return steps + len(postings)
