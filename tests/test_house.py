"""The house rules as counts, held where they were brought to; `python -m bench.house` prints them with their places."""

from __future__ import annotations

import pytest

from bench.house import House, measure

from .conftest import ROOT


@pytest.fixture(scope="module")
def house() -> House:
    return measure(ROOT)


def test_docstrings_speak_in_nouns(house: House) -> None:
    assert house.pro_forms.share < 0.035
    assert house.pro_forms_with_attributes.share < 0.035


def test_no_folder_holds_more_than_18_percent_of_the_program(house: House) -> None:
    assert house.folders[0].share < 0.18


def test_every_module_is_imported_by_a_test(house: House) -> None:
    assert house.untested.missing == ()


def test_only_flat_entries_of_compiled_loops_have_more_than_seven_parameters(house: House) -> None:
    assert [function for function in house.crowded if function.compiled != "compiled"] == []


def test_offsets_positions_and_indexes_are_called_so(house: House) -> None:
    assert house.word.total < 20


def test_the_tests_are_at_least_as_long_as_the_program(house: House) -> None:
    assert house.line_counts.tests >= house.line_counts.sources
