"""Which passage of an article answers a question best, and where exactly it begins and ends.

A passage is chosen by the words it covers, each counted once and weighed by how rare it is, then by how close together
and how early they stand. Work grows with the number of matches, not with the length of the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kb.search.fitting import Passage, Room, begins_heading, fit, longest_core, opening

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


Match: TypeAlias = tuple[int, int, int]
"""Where a unit of a question stands in a text: begin, end, unit. A plain tuple, for there are many of them."""


def choose_passages(
    text: str, matches: Sequence[Match], weights: Sequence[float], count: int, chars: int
) -> list[Passage]:
    """At most `count` passages that do not overlap, in reading order; without matches the beginning of the text.

    The matches are in reading order. Each passage is at most `chars` characters long, ellipses included, and each shows
    a match if there is one.
    """
    if not matches:
        return opening(text, chars)
    least = LEAST * max(1.0, *weights)
    value = {unit: max(weights[unit], least) for unit in {unit for _, _, unit in matches}}
    passages: list[Passage] = []
    shown: set[int] = set()
    for _ in range(count):
        best = _best_anchor(text, matches, value, passages, chars)
        if best is None:
            break
        begin, _, unit = matches[best]
        if unit in shown and begins_heading(text, begin):
            break
        room = _room(text, passages, begin, chars)
        passages.append(fit(text, begin, _core_end(matches, best, room), room))
        if len(passages) < count:
            new = _units_in(matches, passages[-1]) - shown
            shown |= new
            value = {unit: weight * (AGAIN if unit in new else 1.0) for unit, weight in value.items()}
    return sorted(passages)


def _units_in(matches: Sequence[Match], passage: Passage) -> set[int]:
    """The units that a passage shows."""
    first = bisect_left(matches, (passage.start,))
    last = bisect_left(matches, (passage.end,), first)
    return {unit for _, end, unit in matches[first:last] if end <= passage.end}


def _best_anchor(
    text: str, matches: Sequence[Match], value: Mapping[int, float], passages: Sequence[Passage], chars: int
) -> int | None:
    """The match that begins the best passage outside those already chosen: its index."""
    typical = sum(value.values()) / len(value)
    scores = _scores(matches, value, typical, chars)
    early = typical * EARLINESS / len(text)
    ranked = [
        (scores[i] - early * begin, -begin, i)
        for i, (begin, end, _) in enumerate(matches)
        if not passages or all(begin >= passage.end or end <= passage.start for passage in passages)
    ]
    if not ranked:
        return None
    ranked.sort(reverse=True)
    return _outside_headings(text, ranked[:CONTENDERS], HEADING * typical)


def _scores(matches: Sequence[Match], value: Mapping[int, float], typical: float, chars: int) -> list[float]:
    """For passages that begin at each match: the value of the units they show, less for matches far apart."""
    if len(value) == 1:
        return [typical] * len(matches)
    core = longest_core(chars)
    loss = typical * CLOSENESS / chars
    scores = [0.0] * len(matches)
    following: dict[int, Match] = {}
    for i in range(len(matches) - 1, -1, -1):
        match = matches[i]
        first = match[0]
        following[match[2]] = match
        reach = first + core
        score, furthest = 0.0, first
        for unit, (begin, end, _) in following.items():
            if end <= reach:
                score += value[unit]
                if begin > furthest:
                    furthest = begin
        scores[i] = score - loss * (furthest - first)
    return scores


def _outside_headings(text: str, contenders: Sequence[tuple[float, int, int]], penalty: float) -> int:
    """The best of the contenders once those in a heading have paid the penalty; of equals the earlier one."""
    best, highest = contenders[0][2], float("-inf")
    for score, begin, i in contenders:
        if score <= highest:
            break
        reduced = score - (penalty if begins_heading(text, -begin) else 0.0)
        if reduced > highest:
            best, highest = i, reduced
    return best


def _room(text: str, passages: Sequence[Passage], place: int, chars: int) -> Room:
    """What the passages chosen before leave free around a place."""
    low = max([p.end for p in passages if p.end <= place], default=0)
    high = min([p.start for p in passages if p.start > place], default=len(text))
    return Room(low, high, chars)


def _core_end(matches: Sequence[Match], anchor: int, room: Room) -> int:
    """Where the matches end that show each unit once, of those that can be shown with the anchor."""
    begin, core, _ = matches[anchor]
    limit = min(begin + longest_core(room.chars), room.high)
    seen: set[int] = set()
    for _, end, unit in matches[bisect_left(matches, (begin,)) : bisect_left(matches, (limit,))]:
        if unit not in seen and end <= limit:
            seen.add(unit)
            core = max(core, end)
    return core
