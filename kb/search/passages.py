"""Which passage of an article answers a question best, and where exactly it begins and ends.

A passage is chosen by the words it covers, each counted once and weighed by how rare it is, then by how close together
and how early they stand. Work grows with the number of matches looked at (bounded), not with the length of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.search.boundaries import (
    grapheme_end,
    grapheme_start,
    run_end,
    run_start,
    sentence_ends,
    sentence_starts,
    word_end,
    word_start,
)

MOST_ANCHORS = 500
"""Matches of each unit that are tried as the first of a passage; the rest still count as covered."""

CLOSENESS = 0.25
EARLINESS = 0.15
AGAIN = 0.3
"""Shares of a typical word's weight: what is lost by matches far apart, by a passage at the end of the article, and
what is left for a word that an earlier passage already shows."""

CORE = 0.85
LEAD = 0.3
FAR = 0.75
"""Shares of a passage: the most that matches may take up; what stands before the first match where no sentence fits, of
the room to spare; how far from the beginning of its sentence a match may be for the passage to begin there."""


class Matches(NamedTuple):
    """Where units of a question stand in a text: `begins[i]:ends[i]` is a match of `units[i]`; int64, by begin."""

    begins: np.ndarray
    ends: np.ndarray
    units: np.ndarray


class Passage(NamedTuple):
    """`start:end` in the text; `begins` and `ends` say whether that is where a sentence begins and ends."""

    start: int
    end: int
    begins: bool
    ends: bool


class Room(NamedTuple):
    """The part of a text, `low:high`, that a passage may take up, and how many characters with its ellipses."""

    low: int
    high: int
    chars: int


def choose_passages(text: str, matches: Matches, weights: Sequence[float], count: int, chars: int) -> list[Passage]:
    """At most `count` passages that do not overlap, in reading order; without matches the beginning of the text.

    Each is at most `chars` characters long, ellipses included, and each shows a match if there is one.
    """
    if not len(matches.begins):
        return [fit(text, 0, min(1, len(text)), Room(0, len(text), chars))]
    value = np.array(weights, dtype=np.float64)
    value = np.maximum(value, 0.05 * max(float(value.max()), 1.0))
    passages: list[Passage] = []
    for _ in range(count):
        best = _best_anchor(text, matches, value, passages, chars)
        if best is None:
            break
        room = _room(text, passages, int(matches.begins[best]), chars)
        first, last = _core(matches, best, room)
        passage = fit(text, first, last, room)
        passages.append(passage)
        shown = matches.units[(matches.begins >= passage.start) & (matches.ends <= passage.end)]
        value = np.where(np.isin(np.arange(len(value)), shown), value * AGAIN, value)
    return sorted(passages)


def clip(matches: Matches, starts: np.ndarray, ends: np.ndarray, longest: int) -> Matches:
    """The matches with those that are longer than a passage can be cut after their last word that fits."""
    too_long = matches.ends - matches.begins > longest
    if not too_long.any():
        return matches
    last = np.searchsorted(ends, matches.begins + longest, side="right") - 1
    first = np.searchsorted(starts, matches.begins)
    fitting = ends[np.maximum(last, first)].astype(np.int64)
    return matches._replace(ends=np.where(too_long, fitting, matches.ends))


def _best_anchor(text: str, matches: Matches, value: np.ndarray, passages: Sequence[Passage], chars: int) -> int | None:
    """The match that begins the best passage outside those already chosen: an index into the matches."""
    anchors = np.concatenate(
        [np.flatnonzero(matches.units == unit)[:MOST_ANCHORS] for unit in np.unique(matches.units)]
    )
    for passage in passages:
        outside = (matches.begins[anchors] >= passage.end) | (matches.ends[anchors] <= passage.start)
        anchors = anchors[outside]
    if not len(anchors):
        return None
    begins = matches.begins[anchors]
    reach = begins + chars - 2
    score = np.zeros(len(anchors))
    for unit in np.unique(matches.units):
        places = matches.begins[matches.units == unit]
        lasts = matches.ends[matches.units == unit]
        score += value[unit] * (np.searchsorted(places, begins) < np.searchsorted(lasts, reach, side="right"))
    spread = matches.begins[np.searchsorted(matches.begins, reach, side="right") - 1] - begins
    typical = float(value.mean())
    score -= typical * (CLOSENESS * spread / chars + EARLINESS * begins / max(1, len(text)))
    return int(anchors[np.lexsort((begins, -score))[0]])


def _room(text: str, passages: Sequence[Passage], place: int, chars: int) -> Room:
    """What the passages chosen before leave free around a place."""
    low = max((p.end for p in passages if p.end <= place), default=0)
    high = min((p.start for p in passages if p.start > place), default=len(text))
    return Room(low, high, chars)


def _core(matches: Matches, anchor: int, room: Room) -> tuple[int, int]:
    """From the anchor as far as it takes to show each word that can be shown with it once."""
    begin = int(matches.begins[anchor])
    limit = min(begin + longest_core(room.chars), room.high)
    inside = np.flatnonzero((matches.begins >= begin) & (matches.ends <= limit))
    _, first = np.unique(matches.units[inside], return_index=True)
    return begin, int(matches.ends[inside[first]].max(initial=matches.ends[anchor]))


def longest_core(chars: int) -> int:
    """How long the matched part of a passage of so many characters may be, leaving room to reach the ends of words."""
    return int(CORE * (chars - 2))


def fit(text: str, first: int, last: int, room: Room) -> Passage:
    """The passage around `first:last`: whole sentences where they fit, else whole words, else whole graphemes."""
    starts = sentence_starts(text, max(room.low, last - room.chars), first)
    if starts:
        ends = sentence_ends(text, last, min(starts[-1] + room.chars, room.high))
        if ends:
            return _sentences(text, starts, ends, room.chars)
        if last - starts[-1] <= FAR * room.chars:
            return _cut(text, starts[-1], last, room, begins=True)
    spare = room.chars - 2 - (last - first)
    first = run_start(text, first, min(spare // 2, first - room.low))
    low = max(room.low, min(first - int(LEAD * spare), room.high - room.chars + 2))
    start = word_start(text, min(low, first), first)
    return _cut(text, grapheme_start(text, first) if start is None else start, last, room, begins=start in starts)


def _sentences(text: str, starts: Sequence[int], ends: Sequence[int], chars: int) -> Passage:
    """Whole sentences: those that follow as far as they fit, then those before if it is still short."""
    start = starts[-1]
    within = [end for end in ends if "\n\n" not in text[start:end]]
    end = within[-1] if within and within[-1] - start >= chars / 2 else ends[-1]
    if end - start < chars / 2:
        start = next(s for s in starts if end - s <= chars)
    return Passage(start, end, begins=True, ends=True)


def _cut(text: str, start: int, last: int, room: Room, *, begins: bool) -> Passage:
    """From `start` to the last sentence end that fits, else the last word end, beyond the last match."""
    most = min(room.high, start + room.chars - (0 if begins else 1))
    ends = sentence_ends(text, last, most)
    if ends:
        return Passage(start, ends[-1], begins, ends=True)
    most = min(room.high, most - 1)
    end = word_end(text, last, most)
    if end is None:
        end = min(grapheme_end(text, run_end(text, last, max(0, most - last))), max(most, last))
    return Passage(start, end, begins, ends=False)
