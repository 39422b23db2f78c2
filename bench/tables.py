"""Figures as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from bench.engines import index_name
from bench.sidebyside import Figures
from bench.timing import Timing

NOTHING = "-"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def speed_table(figures: Sequence[Figures]) -> str:
    """Every engine's own figures."""
    heads = [
        "engine",
        "indexing, articles/s",
        "search, ms",
        "search + 10 snippets, ms",
        "first time, ms",
        "hits without snippet",
        "size, MB",
    ]
    return table(heads, [_speed_row(engine) for engine in figures])


def ratio_table(figures: Sequence[Figures]) -> str:
    """How our figures relate to those of the others; empty where only one side was measured."""
    ours = [engine for engine in figures if index_name(engine.name) == "ours"]
    others = [engine for engine in figures if engine not in ours]
    if not ours or not others:
        return ""
    heads = ["ours / theirs", "indexing (more is better)", "ours on all cores", "size (less is better)"]
    for engine in ours:
        heads += [f"{engine.label}: search, median and p95 (less is better)", "search + 10 snippets"]
    return table(heads, [_ratio_row(ours, other) for other in others])


def figure(value: float) -> str:
    """A number with three significant digits."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:#.3g}".rstrip(".")


def ratio(ours: float | None, theirs: float | None) -> str:
    """Ours divided by theirs."""
    return figure(ours / theirs) if ours is not None and theirs else NOTHING


def timing(value: Timing | str) -> str:
    """The median and the 95th percentile, or why there are none."""
    return value if isinstance(value, str) else f"{figure(value.median)} (p95 {figure(value.p95)})"


def _speed_row(engine: Figures) -> list[str]:
    rate = figure(engine.articles_per_second)
    if engine.all_cores_per_second:
        rate += f" (all cores {figure(engine.all_cores_per_second)})"
    return [
        engine.label,
        rate,
        timing(engine.search),
        timing(engine.snippets),
        figure(engine.first),
        NOTHING if engine.empty is None else f"{engine.empty:.1%}",
        figure(engine.size / 1e6),
    ]


def _ratio_row(ours: Sequence[Figures], other: Figures) -> list[str]:
    row = [
        other.label,
        ratio(ours[0].articles_per_second, other.articles_per_second),
        ratio(ours[0].all_cores_per_second, other.articles_per_second),
        ratio(ours[0].size, other.size),
    ]
    for engine in ours:
        row += [_timing_ratio(engine.search, other.search), _timing_ratio(engine.snippets, other.snippets)]
    return row


def _timing_ratio(ours: Timing | str, theirs: Timing | str) -> str:
    if isinstance(ours, str) or isinstance(theirs, str):
        return NOTHING
    return f"{ratio(ours.median, theirs.median)} (p95 {ratio(ours.p95, theirs.p95)})"
