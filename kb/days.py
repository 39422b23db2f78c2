"""Days, months and years as people write them in a query, as a first and a last day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import regex

_PERIOD = regex.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def period(text: str | None) -> tuple[str, str] | None:
    """First and last day (ISO 8601) of `2024`, `2024-05` or `2024-05-03`; None for an empty text.

    Raises ValueError, with the reason, for any other text and for days that no calendar has.
    """
    if not text:
        return None
    found = _PERIOD.fullmatch(text)
    if not found:
        raise ValueError(f"{text} is not a date")
    year = int(found[1])
    month, day = (int(part) if part else None for part in found.groups()[1:])
    if year < 1:
        raise ValueError(f"{text} is not a date")
    if month is None:
        return f"{year:04}-01-01", f"{year:04}-12-31"
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    if day is None:
        return f"{year:04}-{month:02}-01", f"{year:04}-{month:02}-{monthrange(year, month)[1]:02}"
    exact = date(year, month, day).isoformat()
    return exact, exact


def neighbour(day: str, days: int) -> str:
    """The day so many days later; the first or last day of the calendar where there is none."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return (date.max if days > 0 else date.min).isoformat()


def day_number(published: str | None) -> int:
    """The number of a day, or of a year's first day, in the proleptic Gregorian calendar; 0 where there is none."""
    if not published:
        return 0
    return date.fromisoformat(published if len(published) > 4 else f"{published}-01-01").toordinal()
