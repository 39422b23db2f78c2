"""Dates as they are written, and the day or year that they give."""

import pytest

from kb.articles.dates import parse_date


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-05-03", "2024-05-03"),
        ("2024-5-3", "2024-05-03"),
        ("2024/05/03", "2024-05-03"),
        ("20240503", "2024-05-03"),
        ("2024-05-03T10:11:12Z", "2024-05-03"),
        ("2024-05-03 10:11:12.5+02:00", "2024-05-03"),
        ("2014-12-08 6:14:07 -0400", "2014-12-08"),
        ("May 3, 2024", "2024-05-03"),
        ("may 3rd, 2024", "2024-05-03"),
        ("Sept. 3, 2024", "2024-09-03"),
        ("3 May 2024", "2024-05-03"),
        ("Fri, 03 May 2024 10:00:00 GMT", "2024-05-03"),
        ("Friday, May 3, 2024", "2024-05-03"),
        ("2024", "2024"),
        ("2024-05", "2024"),
        ("May 2024", "2024"),
        ("0999-01-01", None),
        ("0999", None),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("31 June 2024", None),
        ("3 Maybe 2024", None),
        ("05/03/2024", None),
        ("12024-01-01", None),
        ("٢٠٢٤", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_a_day_or_a_year_or_nothing(written, day):
    assert parse_date(written) == day
