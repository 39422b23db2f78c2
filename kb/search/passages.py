"""Which passage of an article answers a question best, and where exactly it begins and ends.

A passage is chosen by the words it covers, each counted once and weighed by how rare it is, then by how close together
and how early they stand. Work grows with the number of matches looked at (bounded), not with the length of the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kb.search.fitting import Passage, Room, begins_heading, fit, longest_core, opening

MOST_ANCHORS = 500
"""Matches of each unit that are tried as the first of a passage; the rest still count as covered."""

CLOSENESS = 0.4
EARLINESS = 0.15
AGAIN = 0.3
LEAST = 0.05
"""Shares of a typical word's weight: what is lost by matches far apart, by a passage at the end of the article, and
what is left for a word that an earlier passage already shows; and the least weight, as a share of the greatest."""

HEADING = 0.2
CONTENDERS = 8
"""Share of a typical word's weight that a match in a heading loses, because the heading would be glued to the text
below it; only so many of the best passages are looked at for that."""


class Matches(NamedTuple):
    """Where units of a question stand in a text: `begins[i]:ends[i]` is a match of `units[i]`; int64, by begin."""

    begins: np.ndarray
    ends: np.ndarray
    units: np.ndarray


class Places(NamedTuple):
    """The matches of one unit, in reading order."""

    unit: int
    begins: np.ndarray
    ends: np.ndarray


def choose_passages(text: str, matches: Matches, weights: Sequence[float], count: int, chars: int) -> list[Passage]:
    """At most `count` passages that do not overlap, in reading order; without matches the beginning of the text.

    Each is at most `chars` characters long, ellipses included, and each shows a match if there is one.
    """
    if not len(matches.begins):
        return opening(text, chars)
    places = _by_unit(matches)
    least = LEAST * max(1.0, *weights)
    value = {unit: max(weights[unit], least) for unit, _, _ in places}
    passages: list[Passage] = []
    shown: set[int] = set()
    for _ in range(count):
        best = _best_anchor(text, places, value, passages, chars)
        if best is None or (best.unit in shown and begins_heading(text, best.begin)):
            break
        room = _room(text, passages, best.begin, chars)
        passage = fit(text, best.begin, _core_end(places, best, room), room)
        passages.append(passage)
        new = {unit for unit in _units_in(places, passage) if unit not in shown}
        shown |= new
        value = {unit: weight * (AGAIN if unit in new else 1.0) for unit, weight in value.items()}
    return sorted(passages)


def clip(matches: Matches, starts: np.ndarray, ends: np.ndarray, longest: int) -> Matches:
    """The matches with those that are longer than a passage can be cut after their last word that fits."""
    too_long = matches.ends - matches.begins > longest
    if not too_long.any():
        return matches
    # Looked up in the type of the offsets: another one would make a copy of all of them.
    last = ends.searchsorted((matches.begins + longest).astype(ends.dtype), side="right") - 1
    first = starts.searchsorted(matches.begins.astype(starts.dtype))
    # A word of one grapheme without end can itself be too long.
    fitting = np.minimum(ends[np.maximum(last, first)], matches.begins + longest)
    return matches._replace(ends=np.where(too_long, fitting, matches.ends))


class _Anchor(NamedTuple):
    """The match that a passage begins with."""

    unit: int
    begin: int
    end: int


def _by_unit(matches: Matches) -> list[Places]:
    units = sorted(set(matches.units.tolist()))
    if len(units) == 1:
        return [Places(units[0], matches.begins, matches.ends)]
    which = [matches.units == unit for unit in units]
    return [Places(unit, matches.begins[of], matches.ends[of]) for unit, of in zip(units, which, strict=True)]


def _best_anchor(
    text: str, places: Sequence[Places], value: Mapping[int, float], passages: Sequence[Passage], chars: int
) -> _Anchor | None:
    """The match that begins the best passage outside those already chosen."""
    begins = np.concatenate([p.begins[:MOST_ANCHORS] for p in places])
    ends = np.concatenate([p.ends[:MOST_ANCHORS] for p in places])
    units = np.repeat([p.unit for p in places], [min(MOST_ANCHORS, len(p.begins)) for p in places])
    for passage in passages:
        outside = (begins >= passage.end) | (ends <= passage.start)
        begins, ends, units = begins[outside], ends[outside], units[outside]
    if not len(begins):
        return None
    typical = sum(value.values()) / len(value)
    score = _covered(places, value, begins, typical, chars) - typical * EARLINESS / len(text) * begins
    chosen = _outside_headings(text, begins, score, HEADING * typical)
    return _Anchor(int(units[chosen]), int(begins[chosen]), int(ends[chosen]))


def _outside_headings(text: str, begins: np.ndarray, score: np.ndarray, penalty: float) -> int:
    """The best of the first contenders once those in a heading have paid the penalty; of equals the earlier one."""
    best, highest = 0, -np.inf
    for i in np.lexsort((begins, -score))[:CONTENDERS].tolist():
        if score[i] <= highest:
            break
        reduced = score[i] - (penalty if begins_heading(text, int(begins[i])) else 0.0)
        if reduced > highest:
            best, highest = i, reduced
    return best


def _covered(
    places: Sequence[Places], value: Mapping[int, float], begins: np.ndarray, typical: float, chars: int
) -> np.ndarray:
    """For passages that begin at each of `begins`: the value of the units they show, less for matches far apart."""
    reach = begins + longest_core(chars)
    score = np.zeros(len(begins))
    spread = np.zeros(len(begins), dtype=np.int64)
    for unit, unit_begins, unit_ends in places:
        next_one = unit_begins.searchsorted(begins)
        shown = next_one < unit_ends.searchsorted(reach, side="right")
        score += value[unit] * shown
        if len(places) > 1:
            distance = unit_begins[np.minimum(next_one, len(unit_begins) - 1)] - begins
            spread = np.maximum(spread, distance * shown)
    return score - typical * CLOSENESS / chars * spread


def _room(text: str, passages: Sequence[Passage], place: int, chars: int) -> Room:
    """What the passages chosen before leave free around a place."""
    low = max((p.end for p in passages if p.end <= place), default=0)
    high = min((p.start for p in passages if p.start > place), default=len(text))
    return Room(low, high, chars)


def _core_end(places: Sequence[Places], anchor: _Anchor, room: Room) -> int:
    """Where the matches end that show each unit once, of those that can be shown with the anchor."""
    limit = min(anchor.begin + longest_core(room.chars), room.high)
    core = anchor.end
    for _, begins, ends in places:
        first = int(begins.searchsorted(anchor.begin))
        if first < len(ends) and ends[first] <= limit:
            core = max(core, int(ends[first]))
    return core


def _units_in(places: Sequence[Places], passage: Passage) -> set[int]:
    """The units that a passage shows."""
    return {
        unit
        for unit, begins, ends in places
        if begins.searchsorted(passage.start) < ends.searchsorted(passage.end, side="right")
    }
