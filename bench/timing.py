"""Times of single calls, and what to say of many."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import NamedTuple


class Timing(NamedTuple):
    """Milliseconds of a query, over many queries: 95 of a hundred queries take at most `p95`, 99 at most `p99`."""

    median: float
    mean: float
    p95: float
    p99: float


def time_each(call: Callable[[str], object], queries: Sequence[str]) -> list[int]:
    """The nanoseconds of one call for each query."""
    times = []
    for query in queries:
        started = time.perf_counter_ns()
        call(query)
        times.append(time.perf_counter_ns() - started)
    return times


def summary(rounds: Sequence[Sequence[int]]) -> Timing:
    """The figures over the queries, of which each counts with the median of its rounds.

    Not with the best one: that would hide what an engine in Python pays for collecting garbage.
    """
    times = [median(times) / 1e6 for times in zip(*rounds, strict=True)]
    return Timing(percentile(times, 50), fmean(times), percentile(times, 95), percentile(times, 99))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent of the values lie, between two values in proportion."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
