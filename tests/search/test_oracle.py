"""The engine against ten plain lines: the same articles, in the same order, with the same scores and totals."""

from __future__ import annotations

import gzip
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.query import Every, NumericRange, Or, Phrase, Term

from kb.indexing.schema import day_number
from kb.model import Question, ResultPage, SearchRequest, Selection
from kb.search.composer import conjunction
from kb.search.interpretation import interpret, relaxed
from kb.search.lexicon import WhooshLexicon
from kb.search.readers import Searchers
from kb.search.searcher import Searcher
from kb.search.stock import StockEngine
from kb.settings import Settings

from .brute_force import BruteForce, Expected
from .corpora import ANALYZER, Archive, article, ids

WORDS = """
    sleep sleeping sleeps sleeper apnea insomnia insomniac dose doses dosing night nights day the of and is
    vitamin vitamins b12 omega 3 5 mg heart hearts hearty children child skin apneas
""".split()  # noqa: SIM905 - easier to read than a list
SITES = ("Sleep desk", "Heart desk", None)
TAGS = ("sleep", "dose", "night shift")
DAYS = ("2022", "2023-02-28", "2024-05-03", "2024-05-04", None)
LONG_ENOUGH = 3600.0


class Both(NamedTuple):
    engine: StockEngine
    searcher: Searcher
    brute_force: BruteForce


def random_text(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Some 170 articles of random words in several segments, from which some were removed or replaced."""
    chance = random.Random(7)
    archive = Archive(tmp_path_factory.mktemp("oracle") / "index")

    def some(numbers: range) -> list[Any]:
        return [
            article(
                f"{number:03}",
                random_text(chance, 5),
                random_text(chance, chance.choice((3, 30, 200))),
                site=chance.choice(SITES),
                author=chance.choice(("Ada", "Ben", None)),
                tags=tuple(chance.sample(TAGS, chance.randint(0, 3))),
                published=chance.choice(DAYS),
            )
            for number in numbers
        ]

    archive.put(*some(range(120)))
    archive.put(*some(range(120, 160)))
    archive.put(*some(range(160, 180)))
    archive.put(*some(range(20, 30)))
    generation = archive.remove(*(f"{number:03}" for number in range(0, 180, 17)))
    engine = StockEngine(generation.path, generation.name, ANALYZER)
    brute_force = BruteForce(generation.path, ANALYZER)
    assert engine.facts()["segments"] > 2
    assert any(document.deleted for document in brute_force.documents)
    yield Both(engine, Searcher(engine, ANALYZER, Settings(query_ms=60000)), brute_force)
    engine.close()


boosts = st.sampled_from([0.5, 1.0, 1.0, 2.25, 10.0])
stems = st.sampled_from(sorted({ANALYZER.stem(word) for word in WORDS}))
words = st.sampled_from(WORDS)
names = st.one_of(
    st.builds(Term, st.just("site"), st.sampled_from(["sleep desk", "heart desk", "no desk"])),
    st.builds(Term, st.just("tag"), st.sampled_from(["sleep", "dose", "night shift"])),
    st.builds(Term, st.just("title_key"), stems),
)
days = st.sampled_from([day_number(day) for day in DAYS if day])
ranges = st.builds(lambda a, b: NumericRange("published", min(a, b), max(a, b)), days, days) | st.builds(
    lambda day: NumericRange("published", day, None), days
)
leaves = st.one_of(
    st.builds(lambda f, t, b: Term(f, t, boost=b), st.sampled_from(["title", "body"]), stems, boosts),
    st.builds(lambda f, t, b: Term(f, t, boost=b), st.sampled_from(["title_word", "body_word"]), words, boosts),
    st.builds(
        lambda f, t, s, b: Phrase(f, t, slop=s, boost=b),
        st.sampled_from(["title", "body"]),
        st.lists(stems, min_size=2, max_size=3),
        st.integers(1, 4),
        boosts,
    ),
    st.builds(
        lambda f, t, b: Phrase(f, t, slop=1, boost=b),
        st.sampled_from(["title_word", "body_word"]),
        st.lists(words, min_size=2, max_size=4),
        boosts,
    ),
    names,
    ranges,
    st.just(Every()),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Or, st.lists(inner, max_size=5)),
        st.builds(conjunction, st.lists(inner, max_size=3), st.lists(inner, max_size=2)),
    ),
    max_leaves=12,
)
selections = st.builds(
    Selection,
    filters=st.dictionaries(st.sampled_from(["site", "author", "tag", "year"]), st.just(()), max_size=2).flatmap(
        lambda fields: st.tuples(*(st.tuples(st.just(field), _values(field)) for field in sorted(fields)))
    ),
    published_from=st.sampled_from([None, None, "2022-01-01", "2023-02-28", "2024-05-04"]),
    published_to=st.sampled_from([None, None, "2023-12-31", "2024-05-03"]),
    offset=st.sampled_from([0, 0, 3, 10, 500]),
    limit=st.sampled_from([1, 10, 100]),
    facets=st.just(("site", "author", "tag", "year")),
)


def _values(field: str) -> st.SearchStrategy[tuple[str, ...]]:
    known = {
        "site": ["SLEEP DESK", "Heart-desk", "no desk"],
        "author": ["ada", "BEN"],
        "tag": ["Sleep", "Night Shift", "none"],
        "year": ["2022", "2024"],
    }
    return st.lists(st.sampled_from(known[field]), min_size=1, max_size=2).map(tuple)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(tree=trees, selection=selections)
def test_any_tree_finds_what_brute_force_finds(both: Both, tree: Any, selection: Selection) -> None:
    check(both, Question(tree), selection)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(parts=st.lists(leaves, min_size=2, max_size=6), minimum=st.integers(0, 6), excluded=st.lists(leaves, max_size=1))
def test_at_least_so_many_parts_must_match(both: Both, parts: list[Any], minimum: int, excluded: list[Any]) -> None:
    tree = conjunction([Or(parts)], excluded)
    check(both, Question(tree, tuple(parts), min(minimum, len(parts))), Selection())


def check(both: Both, question: Question, selection: Selection) -> None:
    expected = both.brute_force.answer(question, selection)
    answer = both.engine.answer(question, selection, time.monotonic() + LONG_ENOUGH)
    assert [found.article.id for found in answer.found] == expected.ids
    assert [found.score for found in answer.found] == pytest.approx(expected.scores, abs=1e-4)
    assert (answer.total, answer.partial) == (expected.total, False)
    assert answer.facets == expected.facets


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    typed=st.lists(st.sampled_from([*WORDS, "-sleep", '"sleep apnea"', "omega-3", "unheard"]), min_size=2, max_size=3),
    match=st.sampled_from(["all", "most", "any"]),
    exact=st.booleans(),
    typing=st.booleans(),
)
def test_visitors_find_what_brute_force_finds(
    both: Both, typed: list[str], match: str, exact: bool, typing: bool
) -> None:
    request = SearchRequest(q=" ".join(typed), match=match, exact=exact, typing=typing)
    compare(both.searcher.answer(request), expected_page(both, request))


@pytest.mark.parametrize(
    "query",
    [
        "sle*",
        "sl?ep",
        "ins*ac",
        "aphea~",
        "vitamins~2",
        "title:sleep OR heart^3",
        '"dose night"~4',
        "(sleep OR apnea) NOT (insomnia OR title:dose)",
        "sleep date:2023..2024-05-03",
        "sleep OR date:2022",
        'site:"sleep desk" -tag:dose night',
        "NOT sleep",
        "date:2024 -sleep",
    ],
)
def test_staff_find_what_brute_force_finds(both: Both, query: str) -> None:
    request = SearchRequest(q=query, mode="staff")
    page = both.searcher.answer(request)
    assert page.total.value > 0
    compare(page, expected_page(both, request))


def expected_page(both: Both, request: SearchRequest) -> Expected:
    question, _ = interpret(request, both.engine.lexicon, ANALYZER, Settings())
    expected = both.brute_force.answer(question, Selection())
    easier = relaxed(question) if request.match == "most" and not expected.total else None
    return both.brute_force.answer(easier, Selection()) if easier else expected


def compare(page: ResultPage, expected: Expected) -> None:
    assert ids(page) == expected.ids
    assert [hit.score for hit in page.hits] == pytest.approx(expected.scores, abs=1e-4)
    assert (page.total.value, page.total.relation) == (expected.total, "eq")


def test_the_lexicon_knows_the_words_of_the_articles_that_are_there(both: Both) -> None:
    known = both.brute_force.words()
    for prefix in sorted({word[:length] for word in known for length in (1, 2, 3)}):
        found, complete = both.engine.lexicon.with_prefix(prefix, 100)
        assert (sorted(found), complete) == (sorted(word for word in known if word.startswith(prefix)), True)
    assert {word: both.engine.lexicon.frequency(word) for word in known} == known
    assert both.engine.lexicon.frequency("unheard") == 0


def test_near_words_are_those_of_a_naive_edit_distance(both: Both) -> None:
    known = both.brute_force.words()
    for word in ("slep", "apena", "hrat", "dosse", "sleeps", "x"):
        for edits in (1, 2):
            near = {other for other in known if other[0] == word[0] and edit_distance(word, other) <= edits}
            found, complete = both.engine.lexicon.near(word, edits, 100)
            assert (set(found), complete) == (near, True)
            distances = [edit_distance(word, other) for other in found]
            assert distances == sorted(distances)


def edit_distance(a: str, b: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours, by the textbook."""
    rows = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            replaced = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


MEDQUAD = Path(os.environ.get("TEST_DATA", "/nowhere")) / "articles" / "medquad.jsonl.gz"


@pytest.mark.skipif(not MEDQUAD.is_file(), reason="TEST_DATA is not a folder with articles/medquad.jsonl.gz")
def test_health_articles_are_found_as_brute_force_finds_them(tmp_path: Path) -> None:
    with gzip.open(MEDQUAD, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chance = random.Random(11)
    articles = [
        article(f"{number:04}", row["title"], row.get("text") or row["body"])
        for number, row in enumerate(chance.sample(rows, 1500))
    ]
    archive = Archive(tmp_path / "index", *articles[:1000])
    generation = archive.put(*articles[1000:])
    searchers = Searchers(generation.path)
    engine = StockEngine(generation.path, generation.name, ANALYZER)
    searcher = Searcher(engine, ANALYZER, Settings(query_ms=60000))
    both = Both(engine, searcher, BruteForce(generation.path, ANALYZER))
    common = WhooshLexicon(searchers.reader)
    for _ in range(200):
        text = ANALYZER.tokens(chance.choice(articles).text).words
        query = " ".join(chance.choice(text) for _ in range(chance.choice((2, 3))))
        request = SearchRequest(q=query)
        compare(searcher.answer(request), expected_page(both, request))
        assert all(common.frequency(word) for word in query.split())
    searchers.close()
    engine.close()
