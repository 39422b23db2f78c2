from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.sidebyside import Figures, _Run
from bench.tables import ratio_table, time_ratio_table, times_table
from bench.timing import Timing


def figures(name: str, rate: float, all_cores: float | None, search: float, snippets: float | str) -> Figures:
    """Figures whose mean, p95 and p99 are 2, 4 and 8 times the median."""
    shown = snippets if isinstance(snippets, str) else timing(snippets)
    return Figures(name, name, name, name == "tantivy", rate, all_cores, 1000, timing(search), shown, search, None)


def timing(median: float) -> Timing:
    return Timing(median, 2 * median, 4 * median, 8 * median)


OURS = figures("ours", 200, 600, 1, 2)


def last_row(table: str) -> str:
    return table.splitlines()[-1]


def test_the_ratios_of_an_index_are_of_its_rates_and_sizes() -> None:
    assert last_row(ratio_table([OURS, figures("tantivy", 400, None, 2, 8)])) == "| tantivy | 0.500 | 1.50 | 1.00 |"
    assert last_row(ratio_table([OURS._replace(all_cores_per_second=None), figures("bm25s", 2, None, 2, 2)])) == (
        "| bm25s | 100 | - | 1.00 |"
    )


def test_the_ratios_of_times_have_a_column_for_each_figure() -> None:
    row = last_row(time_ratio_table([OURS, figures("tantivy", 400, None, 2, 8)]))

    assert row == f"| ours / tantivy{' | 0.500' * 4}{' | 0.250' * 4} |"


def test_what_an_engine_does_not_offer_has_no_ratio() -> None:
    only_search = figures("bm25s", 2, None, 2, "none")

    assert last_row(time_ratio_table([OURS, only_search])) == f"| ours / bm25s{' | 0.500' * 4}{' | -' * 4} |"
    assert ratio_table([only_search]) == ""
    assert time_ratio_table([only_search]) == ""


def test_the_times_of_an_engine_stand_in_one_row_with_what_it_counts() -> None:
    heads, _, first, second = times_table([figures("tantivy", 2, None, 0.5, "none"), OURS]).splitlines()

    assert heads.startswith("| engine | counts | search: median, ms | mean, ms | p95, ms | p99, ms |")
    assert first == "| tantivy | all matches | 0.500 | 1.00 | 2.00 | 4.00 | none | - | - | - |"
    assert second == "| ours | top 10 only | 1.00 | 2.00 | 4.00 | 8.00 | 2.00 | 4.00 | 8.00 | 16.0 |"


@dataclass
class TimedEngine:
    """An engine that takes so many nanoseconds for each query."""

    nanoseconds: int

    def open(self, _: str) -> float:
        return 0.0

    def times(self, _: str, queries: list[str]) -> list[int]:
        return [self.nanoseconds] * len(queries)

    def warm_up(self, _: str, __: list[str]) -> None:
        return None

    def empty_share(self, _: list[str]) -> float:
        return 0.0


def test_an_engine_is_slow_that_takes_long_for_all_queries() -> None:
    fast: Any = TimedEngine(10**6)
    slow: Any = TimedEngine(11 * 10**9)
    assert not _Run(fast, ["a", "b"]).is_slow
    assert _Run(slow, ["a", "b"]).is_slow
