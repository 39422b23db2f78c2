"""The trees of words, patterns and names, and what is collected on the way."""

from __future__ import annotations

import pytest
from whoosh.query import Every, Term

from kb.engine.interface import QueryTerm
from kb.query.trees import EXPANSIONS_OF_A_QUERY, MATCH_NOTHING, TreeBuilder, conjunction
from kb.results import Expansion
from tests.corpora import ANALYZER

from .dictionaries import dictionary_of

DICTIONARY = dictionary_of("tea teas tear tear tearing coffee")


def builder(*, exact: bool = False, expansions: int = 3) -> TreeBuilder:
    return TreeBuilder(ANALYZER, DICTIONARY, exact=exact, expansions=expansions)


def test_a_word_is_searched_for_by_its_stem_and_may_gain_by_proximity() -> None:
    built = builder()
    assert str(built.words("Teas", ["teas"])) == "text:tea"
    assert built.query_terms == [QueryTerm("Teas", "stem", "text", (("tea",),), typed=("teas",))]
    assert list(built.near) == ["tea"]


def test_words_in_quotes_or_of_an_exact_search_are_searched_for_as_written() -> None:
    quoted, exact = builder(), builder(exact=True)
    assert str(quoted.words("the teas", ["the", "teas"], quoted=True)) == 'word:"the teas"'
    assert str(exact.words("teas", ["teas"])) == "word:teas"
    assert quoted.query_terms == [QueryTerm("the teas", "exact", "word", (("the",), ("teas",)))]
    # Stop words do not gain.
    assert list(quoted.near) == list(exact.near) == ["tea"]


@pytest.mark.parametrize(
    ("quoted", "field", "searched"),
    [(False, "title", "title"), (False, "body", "body"), (True, "title", "title_word"), (True, "body", "body_word")],
)
def test_a_word_of_a_field_gains_nothing_by_proximity(quoted: bool, field: str, searched: str) -> None:
    built = builder()
    tree = built.words("tea cup", ["tea", "cup"], quoted=quoted, field=field, slop=4, boost=2.5)
    assert (tree.fieldname, tree.words, tree.slop, tree.boost) == (searched, ["tea", "cup"], 4, 2.5)
    assert (built.query_terms[0].field, built.query_terms[0].slop, built.near) == (searched, 4, {})


def test_what_is_excluded_is_neither_highlighted_nor_near() -> None:
    built = builder()
    assert str(built.words("tea", ["tea"], negative=True)) == "text:tea"
    assert str(built.prefix("cof", negative=True)) == "word:coffee"
    assert (built.query_terms, built.near) == ([], {})
    assert [expansion.text for expansion in built.expanded] == ["cof*"]


def test_patterns_stand_for_the_most_frequent_words_and_typing_errors_for_the_nearest() -> None:
    built = builder()
    assert str(built.prefix("tea")) == "(word:tear OR word:tea OR word:tearing)"
    assert str(built.wildcard("te*s", field="title")) == "title_word:teas"
    assert str(built.fuzzy("tee", 1)) == "word:tea"
    assert built.wildcard("zz*") is MATCH_NOTHING
    assert built.expanded == [
        Expansion("tea*", ("tear", "tea", "tearing"), "prefix", complete=False),
        Expansion("te*s", ("teas",), "wildcard"),
        Expansion("tee~1", ("tea",), "fuzzy"),
        Expansion("zz*", (), "wildcard"),
    ]
    assert [term.alternatives for term in built.query_terms] == [
        (("tear", "tea", "tearing"),), (("teas",),), (("tea",),),
    ]  # fmt: skip


def test_the_expansions_of_a_query_have_an_end_but_each_has_a_word() -> None:
    built = builder(expansions=2)
    for _ in range(EXPANSIONS_OF_A_QUERY + 2):
        built.prefix("tea")
    assert [len(expansion.words) for expansion in built.expanded] == [2] * EXPANSIONS_OF_A_QUERY + [1, 1]


def test_an_unfinished_word_is_a_word_or_the_beginning_of_some() -> None:
    assert str(builder().unfinished("Coff", "coff")) == "(text:coff OR word:coffee)"


def test_a_whole_title_is_compared_by_stems_and_in_an_exact_search_by_words_too() -> None:
    assert str(builder().whole_title(["teas", "cups"])) == "title_key:tea cup^100.0"
    assert str(builder(exact=True).whole_title(["teas", "cups"])) == (
        '(title_key:tea cup^100.0 AND title_word:"teas cups")'
    )


def test_names_and_days_are_compared_as_they_are_stored() -> None:
    assert str(builder().name("author", "Zoë Ångström!")) == "author:zoe angstrom"
    days = builder().dates("2024-05-03", None)
    assert (days.fieldname, days.start, days.end) == ("published", 739_009, None)
    assert (builder().dates(None, "0001-01-02").start, builder().dates(None, "0001-01-02").end) == (1, 2)


def test_a_conjunction_without_trees_is_every_article() -> None:
    tea, cup = Term("text", "tea"), Term("text", "cup")
    assert isinstance(conjunction([]), Every)
    assert conjunction([tea]) is tea
    assert str(conjunction([tea], [cup])) == "(text:tea AND NOT text:cup)"
