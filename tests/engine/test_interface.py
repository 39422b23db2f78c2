"""The records between a query and an engine."""

from __future__ import annotations

import inspect

import pytest

from kb.dictionary.term_dictionary import TermDictionary
from kb.engine import interface
from kb.engine.engine import ColumnarEngine
from kb.engine.interface import Selection


@pytest.mark.parametrize(
    ("changed", "plain"),
    [
        ({}, True),
        ({"offset": 20, "limit": 5}, True),
        ({"sort": "date"}, False),
        ({"filters": (("site", ("a",)),)}, False),
        ({"published_from": "2024-01-01"}, False),
        ({"published_to": "2024-01-01"}, False),
        ({"facets": ("site",)}, False),
    ],
)
def test_a_selection_is_plain_where_the_best_articles_are_all_that_is_asked_for(
    changed: dict[str, object], plain: bool
) -> None:
    assert Selection(**changed).is_plain == plain  # type: ignore[arg-type]


def test_each_column_of_positions_has_a_number_of_its_own() -> None:
    names = ("ROW", "QUERY_TERM", "IN_TITLE", "BEGIN", "END", "FIRST_END", "AS_TYPED", "IN_HEADING")
    assert [getattr(interface, name) for name in names] == list(range(interface.COLUMNS))


@pytest.mark.parametrize(
    ("protocol", "implementation"), [(interface.Engine, ColumnarEngine), (interface.Dictionary, TermDictionary)]
)
def test_an_implementation_takes_what_its_protocol_says(protocol: type, implementation: type) -> None:
    for name, method in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("_"):
            own = inspect.signature(getattr(implementation, name))
            assert own.parameters == inspect.signature(method).parameters, name
