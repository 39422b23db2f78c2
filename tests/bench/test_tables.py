from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.sidebyside import Figures, _Run
from bench.tables import ratio_table
from bench.timing import Timing


def figures(name: str, rate: float, all_cores: float | None, search: float, snippets: float | str) -> Figures:
    shown = snippets if isinstance(snippets, str) else Timing(snippets, 4 * snippets)
    return Figures(name, name, name, rate, all_cores, 1000, Timing(search, 2 * search), shown, search, None)


def test_ratios_are_of_medians_of_95th_percentiles_and_of_indexing_on_all_cores() -> None:
    ours, other = figures("ours", 200, 600, 1, 2), figures("tantivy", 400, None, 2, 8)
    row = ratio_table([ours, other]).splitlines()[-1]
    assert row == "| tantivy | 0.500 | 1.50 | 1.00 | 0.500 (p95 0.500) | 0.250 (p95 0.250) |"


def test_what_an_engine_does_not_offer_has_no_ratio() -> None:
    row = ratio_table([figures("ours", 2, None, 1, 2), figures("bm25s", 2, None, 2, "none")]).splitlines()[-1]
    assert row == "| bm25s | 1.00 | - | 1.00 | 0.500 (p95 0.500) | - |"
    assert ratio_table([figures("bm25s", 2, None, 2, "none")]) == ""


@dataclass
class TimedEngine:
    """An engine that takes so many nanoseconds for each query."""

    nanoseconds: int

    def open(self, _: str) -> float:
        return 0.0

    def times(self, _: str, queries: list[str]) -> list[int]:
        return [self.nanoseconds] * len(queries)

    def empty_share(self, _: list[str]) -> float:
        return 0.0


def test_an_engine_is_slow_that_takes_long_for_all_queries() -> None:
    fast: Any = TimedEngine(10**6)
    slow: Any = TimedEngine(11 * 10**9)
    assert not _Run(fast, ["a", "b"]).is_slow
    assert _Run(slow, ["a", "b"]).is_slow
