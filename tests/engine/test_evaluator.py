"""An evaluator: each kind of node by example, weights of optional clauses, and the deadline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Prefix, Term

from kb.days import day_number
from kb.deadline import NEVER, Deadline, DeadlinePassed
from kb.engine.evaluator import Evaluator
from kb.engine.interface import QueryTerm, Question
from kb.engine.terms import Terms
from kb.ranking import idf
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from tests.corpora import ANALYZER, Change, article, index_of

ARTICLES = [
    article("0", "Tea", "A cup of tea at night.", published="2024-01-02"),
    article("1", "Cup", "No drink in it.", tags=("tea",)),
    article("2", "Night", "Night after night, a tea cup.", published="2024-05-06"),
    article("3", "Day", "Nothing."),
]
TEA, CUP, NIGHT = (Term("text", word) for word in ("tea", "cup", "night"))
DAY = day_number("2024-05-06")


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    folder: Path = index_of(tmp_path_factory.mktemp("evaluator"), Change(ARTICLES))
    return Terms([TermReader(s.open(folder), Grid(*s.grid), ANALYZER) for s in read_segments(folder)], len(ARTICLES))


def evaluator(terms: Terms, **question: Any) -> Evaluator:
    return Evaluator(terms, NEVER, Question(**{"tree": Every(), **question}))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (TEA, [0, 2]),
        (Term("title", "tea"), [0]),
        (Term("tag", "tea"), [1]),
        (Phrase("text", ["tea", "cup"]), [2]),
        (Phrase("text", ["cup", "tea"], slop=2), [0]),
        (Phrase("text", ["cup", "coffee"]), []),
        (And([TEA, CUP]), [0, 2]),
        (And([CUP, Not(NIGHT)]), [1]),
        (And([Not(NIGHT)]), [1, 3]),
        (Or([TEA, CUP]), [0, 1, 2]),
        (Or([]), []),
        (Not(CUP), [3]),
        (Every(), [0, 1, 2, 3]),
        (NumericRange("published", 1, DAY), [0, 2]),
        (NumericRange("published", DAY, None), [2]),
    ],
)
def test_each_kind_of_node_matches(terms: Terms, tree: Any, expected: list[int]) -> None:
    assert evaluator(terms).matches(tree, 0).docids.tolist() == expected
    best = evaluator(terms).top_k(tree, 0, 10)
    assert (best.total, best.docids.tolist()) == (len(expected), expected)


def test_another_kind_of_node_is_an_error(terms: Terms) -> None:
    with pytest.raises(TypeError, match="Prefix"):
        evaluator(terms).matches(Prefix("text", "t"), 0)


def test_a_boost_multiplies_the_score(terms: Terms) -> None:
    plain, boosted = (evaluator(terms).matches(tree, 0).scores for tree in (TEA, Term("text", "tea", boost=2.0)))
    assert (boosted == 2 * plain).all()


@pytest.mark.parametrize(
    ("optional", "minimum", "expected"),
    [
        ((TEA, CUP, NIGHT), 3, [0, 2]),
        ((TEA, CUP, NIGHT), 1, [0, 1, 2]),
        # Of the three the tea and the night are rarest; the cup alone weighs less.
        ((TEA, CUP, NIGHT), 0, [0, 2]),
        ((CUP, Term("text", "unheard")), 0, [0, 1, 2]),
        ((CUP, Or([TEA, Term("text", "drink")])), 0, [0, 1, 2]),
        # A phrase weighs what its words do together, here less than the one rare word.
        ((Term("text", "drink"), Phrase("text", ["tea", "cup"])), 0, [1]),
    ],
)
def test_optional_clauses_must_weigh_enough(
    terms: Terms, optional: tuple[Any, ...], minimum: int, expected: list[int]
) -> None:
    tree = Or([*optional, Term("title", "day")])
    found = evaluator(terms, tree=tree, optional=optional, minimum=minimum)
    assert found.matches(tree, 0).docids.tolist() == expected
    # Of another disjunction any clause is enough.
    assert found.matches(Or([NIGHT, Term("title", "day")]), 0).docids.tolist() == [0, 2, 3]


def test_the_rarity_of_a_phrase_is_a_sum_and_of_alternatives_the_least(terms: Terms) -> None:
    phrase = QueryTerm("tea cup", "stem", "text", (("tea",), ("cup",)))
    prefix = QueryTerm("n*", "prefix", "word", (("no", "night", "never"),))
    unknown = QueryTerm("tea never", "stem", "text", (("tea",), ("never",)))
    found = evaluator(terms)
    assert found.rarity(phrase) == (idf(4, 2) + idf(4, 3), True)
    assert found.rarity(prefix) == (idf(4, 2), True)
    assert found.rarity(unknown) == (idf(4, 2) + idf(4, 0), False)


def test_nothing_is_evaluated_after_the_deadline(terms: Terms) -> None:
    late = Evaluator(terms, Deadline(-1), Question(tree=TEA))
    for evaluate in (lambda: late.matches(TEA, 0), lambda: late.top_k(Or([TEA]), 0, 1), lambda: late.proximity(0)):
        with pytest.raises(DeadlinePassed):
            evaluate()
