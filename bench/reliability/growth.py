"""Growth of what a process holds: descriptors, maps and memory, early and late in its life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bench.proc import Holdings
from bench.reliability.outcome import Row

_NAMES = ("descriptors", "maps", "deleted files")


class Floors(NamedTuple):
    """The least that was held at once, early and late: what a build or a request needs for a moment is not in it."""

    early: Holdings
    late: Holdings


def floors_of(held: Sequence[Holdings]) -> Floors:
    """The floors of the first and of the last quarter."""
    quarter = max(1, len(held) // 4)
    return Floors(_least(held[:quarter]), _least(held[-quarter:]))


def constant(case: str, held: Sequence[Holdings], slack: int = 0) -> Row:
    """The row of a process that has to hold as much late as early, but for so many of each.

    Each look of the last quarter that found more than the early floor and the slack counts as failed, if all of them
    did; a floor is the least of a quarter, so one build under way is no growth.
    """
    if not held:
        return Row(case, 0, 0, "the process was not seen")
    early, late = floors_of(held)
    grown = any(after > before + slack for before, after in zip(early, late, strict=True))
    most = Holdings(*map(max, zip(*held, strict=True)))
    described = ", ".join(
        f"{name} {before}, later {after}, at most {top}"
        for name, before, after, top in zip(_NAMES, early, late, most, strict=True)
    )
    return Row(case, len(held), len(held) // 4 if grown else 0, described)


def _least(held: Sequence[Holdings]) -> Holdings:
    return Holdings(*map(min, zip(*held, strict=True)))
