"""Growth is told from what a build or a request needs for a moment."""

from __future__ import annotations

from bench.proc import Holdings, Memory
from bench.reliability.growth import constant, floors_of
from bench.reliability.looks import Look, memory_rows, total_row

STEADY = [Holdings(6 + 8 * (number % 3 == 0), 61, 0) for number in range(40)]
LEAKING = [Holdings(6 + number // 2, 61, 0) for number in range(40)]
MAPPING = [Holdings(6, 61 + number // 4, 0) for number in range(40)]

HOLDING = [Holdings(6, 61, number // 4) for number in range(40)]


def test_a_floor_is_the_least_of_a_quarter() -> None:
    assert floors_of(STEADY) == (Holdings(6, 61, 0), Holdings(6, 61, 0))
    assert floors_of(LEAKING) == (Holdings(6, 61, 0), Holdings(21, 61, 0))


def test_what_is_held_for_a_moment_is_no_growth() -> None:
    row = constant("watcher", STEADY)
    assert (row.tried, row.failed) == (40, 0)
    assert (
        row.worst
        == "descriptors 6, later 6, at most 14, maps 61, later 61, at most 61, deleted files 0, later 0, at most 0"
    )


def test_descriptors_and_maps_that_are_never_given_back_are_growth() -> None:
    assert constant("watcher", LEAKING).failed > 0
    assert constant("watcher", MAPPING).failed > 0
    assert constant("watcher", HOLDING).failed > 0
    assert constant("watcher", MAPPING, slack=20).failed == 0


def test_a_process_that_was_never_seen_says_so() -> None:
    assert constant("watcher", []).worst == "the process was not seen"


def looks(*private: float) -> list[Look]:
    """One look each ten seconds, with so many megabytes of its own."""
    return [
        Look(10.0 * number, Memory(int(size * 1e6), int(size * 1e6)), Holdings(1, 1, 0))
        for number, size in enumerate(private)
    ]


def test_memory_may_grow_in_the_first_minute_and_by_five_percent_later() -> None:
    level = [10.0, 20.0, 30.0, 40.0, 40.0, 40.0, *[41.0] * 6, *[42.0] * 12]
    growing = [40.0 + number for number in range(24)]
    rows = list(memory_rows({("worker", 1): looks(*level), ("worker", 2): looks(*growing)}))
    assert [row.failed for row in rows] == [0, 1]
    assert rows[0].worst == "41.0 MB in the second minute, 42.0 MB in the last"


def test_the_memory_of_all_processes_together_stays_within_five_percent() -> None:
    """Workers are replaced by others, which do not begin with less on the whole."""
    first, second = looks(*[50.0] * 12), looks(*[50.0] * 24)[12:]
    assert [row.failed for row in total_row({("worker", 1): first, ("worker", 2): second})] == [0]
    larger = looks(*[54.0] * 24)[12:]
    assert [row.failed for row in total_row({("worker", 1): first, ("worker", 2): larger})] == [1]
    assert list(total_row({("worker", 1): first})) == []


def test_nothing_is_said_of_a_process_that_lived_too_short() -> None:
    assert list(memory_rows({("worker", 1): looks(*range(10))})) == []
