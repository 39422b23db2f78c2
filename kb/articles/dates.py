"""Dates in the spellings of people and programs, to the day or year of an article."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH_NUMBERS = {name[:length]: n for n, name in enumerate(_MONTHS, 1) for length in (3, 4, len(name))}

_NUMERIC = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})(?:[t\s].*)?", re.S)
_YEAR = re.compile(r"([0-9]{4})(?:-[0-9]{1,2})?")
_DAY_FIRST = re.compile(
    r"(?:[a-z]+\.?,?\s+)?([0-9]{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]+)\.?,?\s+([0-9]{4})(?:[,\s].*)?", re.S
)
_MONTH_FIRST = re.compile(
    r"(?:[a-z]+\.?,?\s+)?([a-z]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?:[,\s].*)?", re.S
)
_MONTH_ONLY = re.compile(r"([a-z]+)\.?,?\s+([0-9]{4})")


def parse_date(text: str | None) -> str | None:
    """The ISO day, or the year of a date without a day; None for any text but a date."""
    written = (text or "").strip().lower()
    if match := _NUMERIC.fullmatch(written):
        return _day(match[1], int(match[3]), match[4])
    if match := _YEAR.fullmatch(written):
        return _year(match[1])
    if match := _DAY_FIRST.fullmatch(written):
        return _day(match[3], _MONTH_NUMBERS.get(match[2]), match[1])
    if match := _MONTH_FIRST.fullmatch(written):
        return _day(match[3], _MONTH_NUMBERS.get(match[1]), match[2])
    if (match := _MONTH_ONLY.fullmatch(written)) and match[1] in _MONTH_NUMBERS:
        return _year(match[2])
    return None


def _year(year: str) -> str | None:
    return year if int(year) >= 1000 else None


def _day(year: str, month: int | None, day: str) -> str | None:
    if month is None or not _year(year):
        return None
    try:
        return datetime.date(int(year), month, int(day)).isoformat()
    except ValueError:
        return None
