"""Figures as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from bench.engines import HITS, index_name
from bench.sidebyside import Figures
from bench.timing import Timing

NOTHING = "-"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def speed_table(figures: Sequence[Figures]) -> str:
    """Every engine's own figures, without the times of a search."""
    heads = ["engine", "indexing, articles/s", "first time, ms", "hits without snippet", "size, MB"]
    return table(heads, [_speed_row(engine) for engine in figures])


def times_table(figures: Sequence[Figures]) -> str:
    """The milliseconds of a search, with and without snippets, and how many matches it counts."""
    heads = ["engine", "counts", *_time_heads(", ms")]
    return table(heads, [_times_row(engine) for engine in figures])


def ratio_table(figures: Sequence[Figures]) -> str:
    """Our index beside the others: how fast it is made and how large it is; empty where one side is missing."""
    ours, others = _sides(figures)
    heads = ["ours / theirs", "indexing (more is better)", "ours on all cores", "size (less is better)"]
    return table(heads, [_ratio_row(ours[0], other) for other in others]) if ours and others else ""


def time_ratio_table(figures: Sequence[Figures]) -> str:
    """Our times divided by those of the others; empty where one side is missing."""
    ours, others = _sides(figures)
    heads = ["ours / theirs (less is better)", *_time_heads("")]
    rows = [_time_ratio_row(engine, other) for engine in ours for other in others]
    return table(heads, rows) if rows else ""


def search_tables(figures: Sequence[Figures]) -> list[str]:
    """The tables of times and ratios, of which those that have no rows are left out."""
    tables = times_table(figures), ratio_table(figures), time_ratio_table(figures)
    return [rows for rows in tables if rows]


def figure(value: float) -> str:
    """A number with three significant digits."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:#.3g}".rstrip(".")


def ratio(ours: float | None, theirs: float | None) -> str:
    """Ours divided by theirs."""
    return figure(ours / theirs) if ours is not None and theirs else NOTHING


def _time_heads(unit: str) -> list[str]:
    first, *others = [f"{name}{unit}" for name in Timing._fields]
    return [f"search: {first}", *others, f"search + {HITS} snippets: {first}", *others]


def _sides(figures: Sequence[Figures]) -> tuple[list[Figures], list[Figures]]:
    """Our figures, and those of the others."""
    ours = [engine for engine in figures if index_name(engine.name) == "ours"]
    return ours, [engine for engine in figures if engine not in ours]


def _speed_row(engine: Figures) -> list[str]:
    return [
        engine.label,
        indexing(engine),
        figure(engine.first),
        NOTHING if engine.empty is None else f"{engine.empty:.1%}",
        figure(engine.size / 1e6),
    ]


def indexing(engine: Figures) -> str:
    """Articles indexed in a second, by one core and by all."""
    rate = figure(engine.articles_per_second)
    return f"{rate} (all cores {figure(engine.all_cores_per_second)})" if engine.all_cores_per_second else rate


def _times_row(engine: Figures) -> list[str]:
    return [engine.label, _counts(engine), *_times(engine.search), *_times(engine.snippets)]


def _counts(engine: Figures) -> str:
    return "all matches" if engine.counts_all else f"top {HITS} only"


def _times(value: Timing | str) -> list[str]:
    """A cell for each figure; where there are none, the reason and empty cells."""
    if isinstance(value, str):
        return [value, *[NOTHING] * (len(Timing._fields) - 1)]
    return [figure(time) for time in value]


def _ratio_row(ours: Figures, other: Figures) -> list[str]:
    return [
        other.label,
        ratio(ours.articles_per_second, other.articles_per_second),
        ratio(ours.all_cores_per_second, other.articles_per_second),
        ratio(ours.size, other.size),
    ]


def _time_ratio_row(ours: Figures, other: Figures) -> list[str]:
    return [
        f"{ours.label} / {other.label}",
        *_time_ratios(ours.search, other.search),
        *_time_ratios(ours.snippets, other.snippets),
    ]


def _time_ratios(ours: Timing | str, theirs: Timing | str) -> list[str]:
    if isinstance(ours, str) or isinstance(theirs, str):
        return [NOTHING] * len(Timing._fields)
    return [ratio(own, other) for own, other in zip(ours, theirs, strict=True)]
