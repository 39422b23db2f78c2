"""The hits of a page: which query terms each article has, and in which form."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.article import Article
from kb.engine.interface import AS_TYPED, COLUMNS, IN_TITLE, QUERY_TERM, ROW, Positions, QueryTerm
from kb.results import MatchedTerm, SearchRequest
from kb.search.hits import _forms, make_hits
from tests.snippets.asking import ask
from tests.snippets.profiles import examples

STEM = QueryTerm("hearts", "stem", "text", (("heart",),))
PHRASE = QueryTerm("heart attack", "exact", "word", (("heart",), ("attack",)))

matches = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans(), st.booleans()))


def table_of(rows: list[tuple[int, int, bool, bool]]) -> np.ndarray:
    """Matches with nothing but their article, query term, field and form."""
    table = np.zeros((len(rows), COLUMNS), dtype=np.int64)
    table[:, [ROW, QUERY_TERM, IN_TITLE, AS_TYPED]] = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return table


@examples(60)
@given(matches)
def test_the_best_form_of_a_term_in_a_field_counts(rows: list[tuple[int, int, bool, bool]]) -> None:
    forms = _forms.definition(table_of(rows), 4, 3)
    for article in range(4):
        for term in range(3):
            for in_title in (True, False):
                has = [typed for row, t, title, typed in rows if (row, t, title) == (article, term, in_title)]
                assert forms[article, 2 * term + (not in_title)] == (1 + max(has) if has else 0)


def test_hits_name_the_terms_of_each_article_and_have_its_facts() -> None:
    answer = msgspec.structs.replace(
        ask("Text. ", "").answer,
        articles=(Article(id="a", title="A & b", text="", url="https://example.org/a", site="Site", tags=("t",)),),
        scores=(1.23456,),
        positions=Positions(table_of([(0, 0, True, False), (0, 0, False, True), (0, 1, False, False)])),
        weights=(1.0, 1.0),
    )
    (hit,) = make_hits(answer, [STEM, PHRASE], SearchRequest(q="x"))
    assert hit.matched == (
        MatchedTerm("hearts", "stem", "title"),
        MatchedTerm("hearts", "exact", "body"),
        MatchedTerm("heart attack", "exact", "body"),
    )
    assert (hit.id, hit.url, hit.title, hit.site, hit.tags) == ("a", "https://example.org/a", "A & b", "Site", ("t",))
    assert hit.score == 1.2346


def test_without_query_terms_nothing_is_named() -> None:
    (hit,) = make_hits(ask("Text.", "").answer, [], SearchRequest())
    assert hit.matched == ()
    assert hit.url == "/articles/a"
    assert [snippet.text for snippet in hit.snippets] == ["Text."]
