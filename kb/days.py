"""Calendar arithmetic: periods of a query, days before and after, day numbers."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import regex

_PERIOD = regex.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def period(text: str | None) -> tuple[str, str] | None:
    """(first day, last day), ISO 8601, of `2024`, `2024-05` or `2024-05-03`; None for an empty text.

    Raises ValueError, with the reason, for any other text and for days that are in no calendar.
    """
    if not text:
        return None
    match = _PERIOD.fullmatch(text)
    if not match:
        raise ValueError(f"{text} is not a date")
    year = int(match[1])
    month, day = (int(part) if part else None for part in match.groups()[1:])
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


def add_days(day: str, days: int) -> str:
    """The day `days` days after `day` (ISO 8601), within the calendar: at the least year 1, at the most year 9999."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return (date.max if days > 0 else date.min).isoformat()


def day_number(published: str | None) -> int:
    """Proleptic Gregorian ordinal of a day (`2024-05-03`), or of the first day of a year (`2024`); 0 for None or ""."""
    if not published:
        return 0
    return date.fromisoformat(published if len(published) > 4 else f"{published}-01-01").toordinal()
