"""Days, months and years as people write them, and the days before and after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.days import add_days, day_number, period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ("2024-01-01", "2024-12-31")),
        ("2024-2", ("2024-02-01", "2024-02-29")),
        ("2023-02", ("2023-02-01", "2023-02-28")),
        ("2024-5-3", ("2024-05-03", "2024-05-03")),
        ("0001", ("0001-01-01", "0001-12-31")),
        ("", None),
        (None, None),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str | None, expected: tuple[str, str] | None) -> None:
    assert period(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("soon", "soon is not a date"),
        ("0000", "0000 is not a date"),
        ("24-05", "24-05 is not a date"),
        ("2024-13", "there is no month 13"),
        ("2023-02-29", "day is out of range|day 29 must be in range"),
    ],
)
def test_what_is_in_no_calendar_has_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        period(text)


@given(st.dates(), st.integers(-400, 400))
def test_days_are_added_within_the_calendar(day: date, days: int) -> None:
    ordinal = min(max(day.toordinal() + days, 1), date.max.toordinal())
    assert add_days(day.isoformat(), days) == date.fromordinal(ordinal).isoformat()


@given(st.dates(max_value=date.max - timedelta(1)))
def test_the_numbers_of_days_are_in_their_order(day: date) -> None:
    assert day_number(add_days(day.isoformat(), 1)) == day_number(day.isoformat()) + 1


def test_a_year_counts_as_its_first_day_and_no_day_as_none() -> None:
    assert day_number("2024") == day_number("2024-01-01") == 738886
    assert day_number(None) == day_number("") == 0
