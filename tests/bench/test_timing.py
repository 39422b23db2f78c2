from __future__ import annotations

import pytest

from bench.timing import percentile, summary, time_each


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7], 95, 7),
        ([3, 1, 2], 50, 2),
        ([4, 1, 3, 2], 50, 2.5),
        (range(101), 95, 95),
        ([0, 10], 95, 9.5),
        ([5, 1], 0, 1),
        ([5, 1], 100, 5),
    ],
)
def test_percentile_is_a_value_or_lies_between_two(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == pytest.approx(expected)


def test_a_query_counts_with_the_median_of_its_rounds() -> None:
    timing = summary([[1_000_000, 9_000_000], [2_000_000, 4_000_000], [90_000_000, 5_000_000]])

    assert timing.median == pytest.approx((2 + 5) / 2)
    assert timing.mean == pytest.approx((2 + 5) / 2)
    assert timing.p95 == pytest.approx(2 + 0.95 * 3)
    assert timing.p99 == pytest.approx(2 + 0.99 * 3)


def test_one_slow_query_in_ten_raises_the_mean_and_the_percentiles_but_not_the_median() -> None:
    timing = summary([[1_000_000] * 9 + [11_000_000]])

    assert timing.median == pytest.approx(1)
    assert timing.mean == pytest.approx(2)
    assert timing.p95 == pytest.approx(1 + 0.55 * 10)
    assert timing.p99 == pytest.approx(1 + 0.91 * 10)


def test_each_query_is_asked_once_in_order() -> None:
    asked: list[str] = []

    times = time_each(asked.append, ["a", "b"])

    assert asked == ["a", "b"]
    assert len(times) == 2
