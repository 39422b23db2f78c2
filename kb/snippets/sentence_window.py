"""Whole sentences in a passage: around a span, and up to a limit."""

from __future__ import annotations

from typing import NamedTuple

from kb.compiled import inner, signed
from kb.snippets.lower_bound import lower_bound
from kb.text.sentences import HEADING, PARAGRAPH_ENDS, SentenceSpans

AMPLE = 0.5
"""Share of a passage: with this length a passage need not go on into the next paragraph."""

MEAGRE = 0.2
"""Share of a passage: below this length a passage goes on even past a heading."""


class Room(NamedTuple):
    """The part `low:high` of a text free for a passage, and the length of the passage in code points."""

    low: int
    high: int
    chars: int


@inner
def sentences_around(sentences: SentenceSpans, begin: int, end: int, room: Room) -> tuple[int, int]:
    """Begin and end of the whole sentences around `begin:end`.

    Where the sentences do not fit into the room: the begin of the first sentence, and -1.
    """
    low, high, chars = room
    starts, _, kinds = sentences
    sentence = lower_bound(starts, begin + 1) - 1
    start = signed(starts[sentence]) if sentence >= 0 else 0
    if start < max(low, end - chars):
        return start, -1
    stop = last_sentence_end(sentences, start, end, min(start + chars, high), chars)
    if stop < 0:
        return start, -1
    # A short passage begins earlier, as far as the sentences fit. Invariant: `start` is the begin of `sentence`.
    length = stop - start
    while length < AMPLE * chars and sentence > 0:
        before = signed(starts[sentence - 1])
        if before < low or stop - before > chars:
            break
        if kinds[sentence - 1] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            break
        sentence, start = sentence - 1, before
    return start, stop


@inner
def last_sentence_end(sentences: SentenceSpans, begin: int, low: int, high: int, chars: int) -> int:
    """End of the last sentence that ends in `low..high` of a passage from `begin` on; -1 without one.

    Only a passage below `AMPLE` goes on past the end of a paragraph, and only below `MEAGRE` past a heading.
    """
    _, ends, kinds = sentences
    sentence = lower_bound(ends, low)
    last = -1
    while sentence < len(ends) and ends[sentence] <= high:
        last = signed(ends[sentence])
        length = last - begin
        if kinds[sentence] & PARAGRAPH_ENDS and length >= MEAGRE * chars:
            before_heading = sentence + 1 < len(kinds) and kinds[sentence + 1] & HEADING
            if length >= AMPLE * chars or before_heading:
                return last
        sentence += 1
    return last
