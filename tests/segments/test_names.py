"""The names of a field: their keys are made chunk by chunk, and what is made stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.deadline import Deadline, DeadlinePassed
from kb.segments.names import FieldNames
from tests.corpora import article

from .articles import ANALYZER, segment_of

ARTICLES = [
    article("a", tags=("Green Tea", "Milk")),
    article("b", tags=("green tea",)),
    article("c"),
    article("d", tags=("Café", "milk", "Sugar")),
]


@pytest.fixture
def names(tmp_path: Path) -> FieldNames:
    return FieldNames(segment_of(tmp_path, ARTICLES).name_columns["tag"], ANALYZER, chunk=2)


def test_a_name_has_a_key_without_case_and_accents(names: FieldNames) -> None:
    written = [names.name(code) for code in range(len(names))]
    assert sorted(written) == ["Café", "Green Tea", "Milk", "Sugar", "green tea", "milk"]
    assert names.keys() == [ANALYZER.keyword(name) for name in written]


@pytest.mark.parametrize(
    ("keys", "having"), [(["green tea"], "ab"), (["milk", "cafe"], "ad"), (["unheard"], ""), ([], "")]
)
def test_articles_have_one_of_the_names(names: FieldNames, keys: list[str], having: str) -> None:
    assert names.having(keys).tolist() == [each.id in having for each in ARTICLES]


def test_each_call_out_of_time_makes_some_more_keys(names: FieldNames) -> None:
    for _ in range(2):
        with pytest.raises(DeadlinePassed):
            names.keys(Deadline(-1))
    assert len(names.keys(Deadline(-1))) == 6
