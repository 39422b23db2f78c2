"""Three searches for the same: the engine, plain Python, and Whoosh's own searcher over the same files."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.query import Every, Not, NumericRange, Or, Phrase, Term

from kb.article import Article
from kb.days import day_number
from kb.deadline import NEVER
from kb.engine.engine import ColumnarEngine
from kb.engine.interface import Question, Selection
from kb.query.interpretation import interpret
from kb.query.trees import conjunction
from kb.results import SearchRequest
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.corpora import ANALYZER, Change, article, index_of, left_by, real_articles

from .brute_force import BruteForce, PlainDictionary, edit_distance
from .whoosh_oracle import WhooshOracle

WORDS = """
    sleep sleeping sleeps sleeper apnea insomnia insomniac dose doses dosing night nights day the of and is
    vitamin vitamins b12 omega 3 5 mg heart hearts hearty children child skin apneas
""".split()  # noqa: SIM905 - easier to read than a list
FEW = ["tea", "teas", "cup", "cups", "night", "5", "the"]
"""So few that phrases are found and most words are in most articles."""
SITES = ("Sleep desk", "sleep desk", "Heart desk", None)
TAGS = ("sleep", "Sleep", "dose", "night shift")
DAYS = ("2022", "2023-02-28", "2024-05-03", "2024-05-04", None)
ALL = 1_000_000
EVERYTHING = Selection()


def close(expected: dict[str, float]) -> Any:
    return pytest.approx(expected, rel=1e-4, abs=1e-4)


class Three(NamedTuple):
    engine: ColumnarEngine
    brute_force: BruteForce
    whoosh: WhooshOracle

    def check(self, question: Question, selection: Selection = EVERYTHING) -> None:
        """The engine finds what plain Python finds, and its page is the part of its whole order that was asked for."""
        expected = self.brute_force.answer(question, selection)
        whole = self._rows(question, selection, 0, ALL)
        assert dict(whole) == close(expected.scores)
        assert whole == sorted(whole, key=lambda row: (-row[1], row[0]))
        assert (
            self._rows(question, selection, selection.offset, selection.limit)
            == (whole[selection.offset : selection.offset + selection.limit])
        )
        answer = self.engine.answer(question, selection, NEVER)
        assert (answer.total, answer.partial, answer.facets) == (len(expected.scores), False, expected.facets)

    def check_with_whoosh(self, tree: Any) -> None:
        assert dict(self._rows(Question(tree), Selection(), 0, ALL)) == close(self.whoosh.scores(tree))

    def _rows(self, question: Question, selection: Selection, offset: int, limit: int) -> list[tuple[str, float]]:
        asked = Selection(
            filters=selection.filters,
            published_from=selection.published_from,
            published_to=selection.published_to,
            offset=offset,
            limit=limit,
        )
        answer = self.engine.answer(question, asked, NEVER)
        return [(article.id, score) for article, score in zip(answer.articles, answer.scores, strict=True)]


def three(generation: Path, articles: list[Article]) -> Three:
    engine = ColumnarEngine(generation, "here", ANALYZER)
    return Three(engine, BruteForce(articles, ANALYZER), WhooshOracle(generation))


def random_text(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))


def random_articles(chance: random.Random, numbers: range) -> list[Article]:
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


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Three:
    """Some 170 articles of random words in four segments, from which some were removed or replaced."""
    chance = random.Random(7)
    changes = [
        Change(random_articles(chance, range(120))),
        Change(random_articles(chance, range(120, 160))),
        Change(random_articles(chance, range(160, 180))),
        Change(random_articles(chance, range(20, 30)), [f"{number:03}" for number in range(0, 180, 17)]),
    ]
    made = three(index_of(tmp_path_factory.mktemp("oracle"), *changes), left_by(changes))
    assert made.engine.facts()["segments"] == 4
    return made


def terms(words: list[str]) -> st.SearchStrategy[Any]:
    """Terms and phrases of all text fields."""
    as_written = st.sampled_from(words)
    stems = st.sampled_from(sorted({ANALYZER.stem(word) for word in words}))
    boosts = st.sampled_from([0.5, 1.0, 1.0, 2.25, 10.0])
    of_stems, of_words = (
        st.sampled_from(["text", "title", "body"]),
        st.sampled_from(["word", "title_word", "body_word"]),
    )

    def phrase(fields: Any, listed: Any) -> st.SearchStrategy[Any]:
        listed = st.lists(listed, min_size=2, max_size=4)
        return st.builds(lambda f, t, s, b: Phrase(f, t, slop=s, boost=b), fields, listed, st.integers(1, 5), boosts)

    return st.one_of(
        st.builds(lambda f, t, b: Term(f, t, boost=b), of_stems, stems, boosts),
        st.builds(lambda f, t, b: Term(f, t, boost=b), of_words, as_written, boosts),
        phrase(of_stems, stems),
        phrase(of_words, as_written),
    )


def trees(leaves: st.SearchStrategy[Any], most: int = 10) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Or, st.lists(inner, max_size=5)),
            st.builds(conjunction, st.lists(inner, min_size=1, max_size=3), st.lists(inner, max_size=2)),
        ),
        max_leaves=most,
    )


days = st.sampled_from([day_number(day) for day in DAYS if day])
others = st.one_of(
    st.builds(Term, st.just("site"), st.sampled_from(["sleep desk", "heart desk", "no desk"])),
    st.builds(Term, st.just("tag"), st.sampled_from(["sleep", "dose", "night shift"])),
    st.builds(Term, st.just("title_key"), st.sampled_from(["sleep", "tea", "tea cup", "omega 3"])),
    st.builds(lambda a, b: NumericRange("published", min(a, b), max(a, b)), days, days),
    st.builds(lambda day: NumericRange("published", day, None), days),
    st.just(Every()),
    st.builds(Not, terms(WORDS)),
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
        "year": ["2022", "2024", "soon", "9" * 5000, "20240"],
    }
    return st.lists(st.sampled_from(known[field]), min_size=1, max_size=2).map(tuple)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tree=trees(terms(WORDS) | others), selection=selections)
def test_any_tree_finds_what_brute_force_finds(some: Three, tree: Any, selection: Selection) -> None:
    some.check(Question(tree), selection)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tree=trees(terms(WORDS)))
def test_whoosh_finds_the_same_in_the_same_files(some: Three, tree: Any) -> None:
    some.check_with_whoosh(tree)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    parts=st.lists(terms(WORDS) | others, min_size=2, max_size=6),
    minimum=st.integers(1, 6),
    bonus=st.lists(terms(WORDS), max_size=2),
    excluded=st.lists(terms(WORDS), max_size=1),
)
def test_at_least_so_many_parts_must_match(
    some: Three, parts: list[Any], minimum: int, bonus: list[Any], excluded: list[Any]
) -> None:
    tree = conjunction([Or([*parts, *bonus])], excluded)
    some.check(Question(tree, tuple(parts), min(minimum, len(parts))))


unlike = st.lists(terms(WORDS), min_size=1, max_size=2).map(Or)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    parts=st.lists(terms(WORDS) | unlike, min_size=1, max_size=6),
    bonus=st.lists(terms(WORDS), max_size=1),
    near=st.lists(st.sampled_from([*map(ANALYZER.stem, WORDS), "unheard"]), unique=True, max_size=6),
    selection=selections,
)
def test_the_rarest_word_or_others_that_weigh_as_much_must_match_and_words_near_each_other_gain(
    some: Three, parts: list[Any], bonus: list[Any], near: list[str], selection: Selection
) -> None:
    some.check(Question(Or([*parts, *bonus]), tuple(parts), near=tuple(near)), selection)


few_words = st.lists(st.sampled_from(FEW), max_size=6).map(" ".join)
small_articles = st.builds(
    lambda number, title, text, site, tags, day: article(
        f"{number}", title or "!", text, site=site, tags=tuple(tags), published=day
    ),
    st.integers(0, 12),
    few_words,
    few_words,
    st.sampled_from(SITES),
    st.lists(st.sampled_from(TAGS), max_size=3),
    st.sampled_from(DAYS),
)
small_changes = st.builds(
    Change,
    st.lists(small_articles, max_size=8, unique_by=lambda made: made.id),
    st.lists(st.integers(0, 12).map(str), max_size=2),
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.data_too_large])
@given(
    changes=st.lists(small_changes, min_size=1, max_size=4),
    merged=st.booleans(),
    asked=st.lists(trees(terms(FEW) | others, 5), min_size=1, max_size=6),
    with_whoosh=st.lists(trees(terms(FEW), 5), min_size=1, max_size=6),
    selection=selections,
)
def test_any_archive_however_it_was_built_is_searched_alike_by_all_three(
    changes: list[Change], merged: bool, asked: list[Any], with_whoosh: list[Any], selection: Selection
) -> None:
    with TemporaryDirectory() as folder:
        made = three(index_of(Path(folder), *changes, merged=merged), left_by(changes))
        for tree in asked:
            made.check(Question(tree), selection)
        for tree in with_whoosh:
            made.check(Question(tree))
            made.check_with_whoosh(tree)
        made.whoosh.close()


def check_request(made: Three, request: SearchRequest) -> int:
    """The page for a request is that of plain Python, whose dictionary is plain as well; how many articles it found."""
    searcher = Searcher(made.engine, ANALYZER, Settings(query_ms=60000), "seal")
    dictionary = PlainDictionary(made.brute_force.documents)
    question, report, _ = interpret(request, dictionary, ANALYZER, Settings())
    expected = made.brute_force.answer(question, Selection())
    page = searcher.answer(request)
    assert (page.query.parsed, page.query.expanded) == (report.parsed, report.expanded)
    assert page.total.value == len(expected.scores)
    best = sorted(expected.scores.values(), reverse=True)[: request.limit]
    assert [hit.score for hit in page.hits] == pytest.approx(best, rel=1e-4, abs=1e-4)
    assert all(hit.score == pytest.approx(expected.scores[hit.id], rel=1e-4, abs=1e-4) for hit in page.hits)
    return page.total.value


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    typed=st.lists(st.sampled_from([*WORDS, "-sleep", '"sleep apnea"', "omega-3", "unheard"]), min_size=2, max_size=5),
    match=st.sampled_from(["all", "most", "any"]),
    exact=st.booleans(),
    typing=st.booleans(),
)
def test_visitors_find_what_brute_force_finds(
    some: Three, typed: list[str], match: str, exact: bool, typing: bool
) -> None:
    check_request(some, SearchRequest(q=" ".join(typed), match=match, exact=exact, typing=typing, limit=100))


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "query",
    [
        "sle*",
        "sl?ep",
        "ins*ac",
        "aphea~",
        "vitamins~2",
        "title:sle* OR text:hea*^2",
        "title:sleep OR heart^3",
        'title:"sleep night" OR "omega 3"^0.5 OR text:"the dose"',
        '"dose night"~4',
        "(sleep OR apnea) NOT (insomnia OR title:dose)",
        "sleep date:2023..2024-05-03",
        "sleep OR date:2022",
        'site:"sleep desk" -tag:dose night',
        "NOT sleep",
        "date:2024 -sleep",
    ],
)
def test_staff_find_what_brute_force_finds(some: Three, query: str, exact: bool) -> None:
    assert check_request(some, SearchRequest(q=query, mode="staff", exact=exact, limit=100))


def test_the_lexicon_knows_the_words_of_the_articles_that_are_there(some: Three) -> None:
    plain = PlainDictionary(some.brute_force.documents)
    dictionary = some.engine.dictionary
    for prefix in sorted({word[:length] for word in plain.known for length in (1, 2, 3)}):
        for limit in (1, 2, 100):
            assert dictionary.with_prefix(prefix, limit) == plain.with_prefix(prefix, limit)
            assert dictionary.matching(f"{prefix}*s", limit) == plain.matching(f"{prefix}*s", limit)
    assert {word: dictionary.frequency(word) for word in plain.known} == plain.known
    assert dictionary.frequency("unheard") == 0


def test_near_words_are_those_of_a_naive_edit_distance(some: Three) -> None:
    plain = PlainDictionary(some.brute_force.documents)
    for word in ("slep", "apena", "hrat", "dosse", "sleeps", "x"):
        for edits in (1, 2):
            found, complete = some.engine.dictionary.near(word, edits, 100)
            assert (found, complete) == plain.near(word, edits, 100)
            distances = [edit_distance(word, other) for other in found]
            assert distances == sorted(distances)


@pytest.mark.parametrize(("collection", "chosen"), [("articles/medquad", 400), ("relevance/cranfield/docs", 400)])
def test_real_articles_are_found_alike_by_all_three(
    tmp_path: Path, test_data: Path, collection: str, chosen: int
) -> None:
    chance = random.Random(11)
    articles = chance.sample(real_articles(test_data / f"{collection}.jsonl.gz"), chosen)
    half = chosen // 2
    removed = [made.id for made in articles[half : half + 20]]
    replaced = [article(made.id, made.title, made.text[::2]) for made in articles[:10]]
    changes = [Change(articles[:half]), Change(articles[half:]), Change(replaced, removed)]
    made = three(index_of(tmp_path / "index", *changes), left_by(changes))
    for _ in range(25):
        words = ANALYZER.tokens(chance.choice(articles).text).words
        begin = chance.randrange(max(1, len(words) - 3))
        some_words = [chance.choice(words) for _ in range(chance.choice((1, 2, 3)))]
        check_request(made, SearchRequest(q=" ".join(some_words), match=chance.choice(("most", "any", "all"))))
        check_request(made, SearchRequest(q=f'"{" ".join(words[begin : begin + 3])}"'))
        stems = [ANALYZER.stem(word) for word in some_words]
        made.check_with_whoosh(Or([Term(chance.choice(("text", "title", "body")), stem) for stem in stems]))
        phrase = Phrase("text", [ANALYZER.stem(word) for word in words[begin : begin + 2]], slop=2)
        made.check_with_whoosh(conjunction([phrase], [Term("text", stems[0])]))
    made.whoosh.close()
