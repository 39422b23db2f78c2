"""Staff can ask how a score came about: every part is named with its figures, and the parts add up to the score."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import chain
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.query import And, Every, Not, Or, Prefix, Term

from kb.deadline import NEVER
from kb.engine.engine import ColumnarEngine
from kb.engine.explain import Explainer
from kb.engine.interface import QueryTerm, Question, Selection
from kb.engine.terms import Terms
from kb.errors import ArticleNotFound, RequestError
from kb.explanation import Explanation, FieldCount, FixedShare
from kb.results import Hit, SearchRequest
from kb.search.searcher import Searcher
from kb.segments.postings import TermReader
from kb.settings import Settings
from tests.corpora import ANALYZER, Archive, Change, article, index_of
from tests.segments.articles import GRID, segment_of

from .test_oracle import FEW, WORDS, others, random_articles, small_changes, terms, trees

TEA = [
    article("a", "Tea", "A cup of tea at night. The cup is green.", tags=("Drinks",), published="2024-05-03"),
    article("b", "Sleep", "No tea.", published="2023"),
    article("c", "Night work", "Teas and coffee.", site="Tea desk"),
    article("d", "Walks", "A walk is short."),
]


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    searcher = Archive(tmp_path_factory.mktemp("tea") / "index", *TEA).open()
    yield searcher
    searcher.close()


@pytest.fixture(scope="module")
def random_engine(tmp_path_factory: pytest.TempPathFactory) -> ColumnarEngine:
    """Some 100 articles of random words in three segments, from which some were removed or replaced."""
    chance = random.Random(11)
    changes = [
        Change(random_articles(chance, range(60))),
        Change(random_articles(chance, range(60, 100))),
        Change(random_articles(chance, range(20, 30)), [f"{index:03}" for index in range(0, 100, 13)]),
    ]
    engine = engine_over(index_of(tmp_path_factory.mktemp("some"), *changes))
    assert engine.facts()["segments"] == 3
    return engine


def engine_over(folder: Path) -> ColumnarEngine:
    return ColumnarEngine(folder, "here", ANALYZER)


def explained(searcher: Searcher, query: str, article_id: str, **parameters: Any) -> Explanation:
    page = searcher.answer(SearchRequest(q=query, explain=True, **{"mode": "staff", **parameters}))
    (hit,) = [hit for hit in page.hits if hit.id == article_id]
    assert adds_up(hit)
    assert hit.explanation is not None
    return hit.explanation


def total(explanation: Explanation | None) -> float:
    assert explanation is not None
    return sum(part.score for part in chain(explanation.words, explanation.nearness, explanation.fixed))


def adds_up(hit: Hit) -> bool:
    return total(hit.explanation) == pytest.approx(hit.score, rel=0, abs=1e-3)


def test_a_word_is_explained_by_all_figures_that_its_share_is_made_of(tea: Searcher) -> None:
    (word,) = explained(tea, "teas", "a").words

    assert (word.text, word.term, word.field, word.phrase) == ("teas", "tea", "text", False)
    assert (word.title.frequency, word.title.length) == (1, 1)
    assert (word.body.frequency, word.body.length) == (1, 10)
    assert (word.articles, word.of) == (3, 4)
    # 5 tokens in 4 titles and 19 in 4 texts, on the grid of sixteenths of an octave: 2^(5/16), 2^(36/16)
    assert (word.title.average, word.body.average) == pytest.approx((1.2419, 4.7568), abs=1e-4)
    weighed = 3 * 1 / (0.25 + 0.75 * 1 / word.title.average) + 1 / (0.25 + 0.75 * 10 / word.body.average)
    assert word.impact == pytest.approx(weighed / (1.5 + weighed), abs=1e-5)
    assert word.idf == pytest.approx(log(1 + 1.5 / 3.5), abs=1e-5)
    assert word.boost == 1
    assert word.score == pytest.approx(word.idf * word.impact, abs=1e-5)


def test_a_boost_multiplies_the_share_of_its_word_alone(tea: Searcher) -> None:
    plain = explained(tea, "tea night", "a").words
    boosted = explained(tea, "tea^2.5 night", "a").words

    assert [word.boost for word in boosted] == [2.5, 1]
    assert boosted[0].score == pytest.approx(2.5 * plain[0].score, abs=1e-5)
    assert boosted[1] == plain[1]


def test_a_phrase_is_explained_word_by_word(tea: Searcher) -> None:
    words = explained(tea, '"cup of tea"', "a").words

    assert [(word.text, word.term, word.phrase) for word in words] == [
        ("cup of tea", "cup", True), ("cup of tea", "of", True), ("cup of tea", "tea", True),
    ]  # fmt: skip
    assert words[0].body == FieldCount(2, 10, words[0].body.average)


def test_a_prefix_is_explained_by_the_words_that_it_stands_for(tea: Searcher) -> None:
    assert [(word.text, word.term) for word in explained(tea, "te*", "c").words] == [("te*", "teas")]


def test_a_word_that_is_looked_for_in_the_title_counts_there_alone(tea: Searcher) -> None:
    (word,) = explained(tea, "title:tea", "a").words

    assert (word.field, word.title.frequency, word.body.frequency, word.articles) == ("title", 1, 0, 1)


def test_a_part_that_an_article_has_not_adds_nothing_and_is_not_listed(tea: Searcher) -> None:
    explanation = explained(tea, 'tea OR coffee OR "tea cup" OR tag:drinks OR date:2024 -walk', "b")

    assert [word.term for word in explanation.words] == ["tea"]
    assert explanation.fixed == ()


def test_names_and_days_add_the_same_to_every_article(tea: Searcher) -> None:
    assert explained(tea, "tag:drinks date:2024-05..2025", "a").fixed == (
        FixedShare("tag", "drinks", 1.0),
        FixedShare("date", "2024-05-01..2025-12-31", 1.0),
    )
    assert explained(tea, "date:<=2023", "b").fixed == (FixedShare("date", "..2023-12-31", 1.0),)
    assert explained(tea, "date:2024-05-03", "a").fixed == (FixedShare("date", "2024-05-03", 1.0),)
    assert explained(tea, "NOT tea", "d").fixed == (FixedShare("every", "", 1.0),)


def test_words_near_each_other_each_say_what_they_gain(tea: Searcher) -> None:
    cup, night = explained(tea, "cup night", "a").nearness

    assert (cup.text, cup.term, night.text) == ("cup", "cup", "night")
    # "cup of tea at night. The cup": four tokens from the first to the second, two on to the third
    of_cup, of_night = (word.idf for word in explained(tea, "cup night", "a").words)
    assert cup.near == pytest.approx(of_night / 4 + of_night / 2, abs=1e-5)
    assert night.near == pytest.approx(of_cup / 4 + of_cup / 2, abs=1e-5)
    assert explained(tea, "tea", "a").nearness == ()


def test_a_word_in_quotes_that_gains_is_named_as_the_article_has_it(tea: Searcher) -> None:
    assert [near.text for near in explained(tea, '"walk is" short', "d").nearness] == ["walk", "short"]


def test_a_query_that_is_the_title_says_so(tea: Searcher) -> None:
    assert explained(tea, "night works", "c", mode="visitor").fixed == (FixedShare("title", "night work", 100.0),)


def test_hits_are_explained_only_where_that_is_asked_for_and_other_keys_stay(tea: Searcher) -> None:
    plain = tea.search("tea", mode="staff").hits[0]
    asked = tea.search("tea", mode="staff", explain=True).hits[0]

    assert plain.explanation is None
    names = list(msgspec.to_builtins(plain))
    assert names == [name for name in Hit.__struct_fields__ if name != "explanation"]
    assert list(msgspec.to_builtins(asked)) == [*names, "explanation"]
    assert msgspec.structs.replace(asked, explanation=None) == plain


def test_the_next_page_is_explained_too(tea: Searcher) -> None:
    assert "explain=true" in (tea.search("tea", mode="staff", explain=True, limit=1).next or "")


def test_visitors_are_told_that_it_is_for_staff(tea: Searcher) -> None:
    with pytest.raises(RequestError, match="explain: is for staff; expected mode=staff together with explain=true"):
        tea.search("tea", explain=True)


def test_an_article_that_is_not_there_cannot_be_explained(random_engine: ColumnarEngine) -> None:
    with pytest.raises(ArticleNotFound, match="'gone'"):
        random_engine.explain(Question(tree=None), ["gone"])


@pytest.fixture
def explained_alone(tmp_path: Path) -> Callable[..., Explanation]:
    """The explanation of a tree for the first article of TEA, without an engine."""
    reader = TermReader(segment_of(tmp_path, TEA), GRID, ANALYZER)

    def explained_alone(tree: Any, *query_terms: QueryTerm) -> Explanation:
        question = Question(tree, query_terms=query_terms)
        return Explainer(Terms([reader], len(TEA)), question).of(reader, 0)

    return explained_alone


def test_a_tree_by_itself_is_explained_by_its_terms(explained_alone: Callable[..., Explanation]) -> None:
    tree = And([Term("word", "tea"), Not(Term("word", "coffee")), Or([Term("word", "none"), Every()])])
    explanation = explained_alone(tree)

    assert [(word.text, word.term) for word in explanation.words] == [("tea", "tea")]
    assert explanation.fixed == (FixedShare("every", "", 1.0),)
    assert explained_alone(And([tree, Term("word", "none")])) == explained_alone(Not(tree)) == Explanation()


def test_of_two_query_terms_for_one_term_the_first_is_named(explained_alone: Callable[..., Explanation]) -> None:
    query_terms = [QueryTerm(text, "stem", "text", (("tea",),)) for text in ("Teas", "tea")]
    assert [word.text for word in explained_alone(Term("text", "tea"), *query_terms).words] == ["Teas"]


def test_a_tree_of_another_kind_is_refused(explained_alone: Callable[..., Explanation]) -> None:
    with pytest.raises(TypeError, match="no explanation of Prefix"):
        explained_alone(Prefix("text", "te"))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    tree=trees(terms(WORDS) | others),
    near=st.lists(st.sampled_from([*map(ANALYZER.stem, WORDS), "unheard"]), unique=True, max_size=5),
)
def test_the_parts_add_up_for_any_tree(random_engine: ColumnarEngine, tree: Any, near: list[str]) -> None:
    check_question(random_engine, Question(tree, near=tuple(near)))


visitors = st.lists(
    st.sampled_from([*WORDS, "-sleep", '"sleep apnea"', '"the dose"', "omega-3", "unheard", '-"heart night"']),
    min_size=1,
    max_size=5,
)
words = st.sampled_from([*WORDS, "sle*", "do*", "hea?t", "aphea~", '"sleep night"', '"dose night"~4', "omega-3"])
staff = st.lists(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "", "", "OR ", "-"]),
        st.sampled_from(["", "", "title:", "body:"]),
        words,
        st.sampled_from(["", "", "^2.5", "^0.1"]),
    )
    | st.sampled_from(['site:"Sleep desk"', "tag:sleep", "date:2022..2023", "OR date:2024", "NOT (tag:dose OR night)"]),
    min_size=1,
    max_size=5,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(typed=visitors, match=st.sampled_from(["most", "any", "all"]), exact=st.booleans(), typing=st.booleans())
def test_the_parts_add_up_for_visitors_queries(
    random_engine: ColumnarEngine, typed: list[str], match: str, exact: bool, typing: bool
) -> None:
    check(random_engine, SearchRequest(q=" ".join(typed), match=match, exact=exact, typing=typing))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(typed=staff, exact=st.booleans(), sort=st.sampled_from(["relevance", "-date"]))
def test_the_parts_add_up_for_staff_queries(
    random_engine: ColumnarEngine, typed: list[str], exact: bool, sort: str
) -> None:
    check(random_engine, SearchRequest(q=" ".join(typed).removeprefix("OR "), mode="staff", exact=exact, sort=sort))


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.data_too_large])
@given(
    changes=st.lists(small_changes, min_size=1, max_size=4),
    merged=st.booleans(),
    typed=st.lists(st.sampled_from([*FEW, '"tea cup"', "-cups", "5"]), min_size=1, max_size=4),
    asked=st.lists(trees(terms(FEW) | others, 5), min_size=1, max_size=6),
)
def test_the_parts_add_up_in_any_archive(
    changes: list[Change], merged: bool, typed: list[str], asked: list[Any]
) -> None:
    with TemporaryDirectory() as folder:
        engine = engine_over(index_of(Path(folder), *changes, merged=merged))
        for tree in asked:
            check_question(engine, Question(tree, near=("tea", "cup", "night")))
        check(engine, SearchRequest(q=" ".join(typed)))


def check(engine: ColumnarEngine, request: SearchRequest) -> None:
    """Whatever a request finds adds up."""
    request = msgspec.structs.replace(request, limit=100, explain=True)
    page = Searcher(engine, ANALYZER, Settings(query_ms=60000), "seal").answer(request)
    assert all(map(adds_up, page.hits))


def check_question(engine: ColumnarEngine, question: Question) -> None:
    best = engine.rank(question, Selection(limit=1000), NEVER).best
    totals = [total(explanation) for explanation in engine.explain(question, [article_id for article_id, _ in best])]
    assert totals == pytest.approx([score for _, score in best], rel=0, abs=1e-3)
