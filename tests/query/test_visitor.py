"""What visitors type, what is searched for it, what is left out, and which of five articles match."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.query.trees import TreeBuilder
from kb.query.visitor import Parse, minimum_matching, parse_visitor_query
from kb.results import Dropped, Match
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.corpora import ANALYZER, FIVE, Archive, article, ids, letters

from .dictionaries import dictionary_of

QUERIES = [
    # words
    ("apnea", "apnea", "", "a"),
    ("APNEA", "APNEA", "", "a"),
    ("sleep", "sleep", "", "ace"),  # sleeping pills too
    ("sleep apnea", "sleep apnea", "", "a"),  # most of two words: both
    ("sleep sleep sleep", "sleep", "", "ace"),
    ("sleep sleeping", "sleep", "", "ace"),
    ("melatonin children night", "melatonin children night", "", "b"),  # most of three: two
    ("spots moles elephants", "spots moles elephants", "", "c"),
    ("take the melatonin", "take melatonin", "the", "b"),
    ("unheard", "unheard", "", ""),
    # only common words
    ("to be or not to be", "to be or not", "", "d"),
    ("the", "the", "", "c"),
    ("what is it", "what is it", "", "bd"),
    # numbers, doses, hyphens
    ("5mg", "5mg", "", "be"),
    ("5 mg", "5 mg", "", "be"),
    ("omega-3", "omega-3", "", "ae"),
    ("omega 3", "omega 3", "", "ae"),
    ("omega3", "omega3", "", ""),
    ("b12", "b12", "", "e"),
    ("vitamin-b12", "vitamin b12", "", "e"),
    ("3 omega", "3 omega", "", "ae"),
    # accents, apostrophes, other writings
    ("cafe au lait", "cafe au lait", "", "c"),
    ("CAFÉ-AU-LAIT", "CAFÉ AU LAIT", "", "c"),
    ("naive readers", "naive readers", "", "c"),
    ("meniere", "meniere", "", "d"),
    ("Me\u0301nie\u0300re’s disease", "Me\u0301nie\u0300re’s disease", "", "d"),
    ("睡眠", "睡眠", "", "c"),
    ("眠", "眠", "", "c"),
    ("ｓｌｅｅｐ", "ｓｌｅｅｐ", "", "ace"),
    # phrases
    ('"sleep apnea"', '"sleep apnea"', "", "a"),
    ('"apnea sleep"', '"apnea sleep"', "", ""),
    ('"during sleep" apnea', '"during sleep" apnea', "", "a"),
    ('"sleeping"', '"sleeping"', "", "e"),
    ("“not for children”", '"not for children"', "", "b"),
    ("«to be or not»", '"to be or not"', "", "d"),
    ('"omega 3" night', '"omega 3" night', "", "e"),
    ('""', "", "", ""),
    # exclusions
    ("sleep -apnea", "sleep -apnea", "", "ce"),
    ('sleep -"sleeping pills"', 'sleep -"sleeping pills"', "", "ac"),
    ("sleep −apnea", "sleep -apnea", "", "ce"),
    ("-sleep", "-sleep", "", "bd"),
    ("-sleep -melatonin", "-sleep -melatonin", "", "d"),
    ("sleep -sleep", "sleep -sleep", "", ""),
    ("night -omega-3", "night -omega-3", "", "b"),
    ("- sleep", "sleep", "", "ace"),
    ("sleep-", "sleep", "", "ace"),
    ("--sleep", "-sleep", "", "bd"),
    # what is no syntax here
    ('"sleep apnea', "sleep apnea", "", "a"),
    ('sleep" apnea', "sleep apnea", "", "a"),
    ('"sleep" "apnea', '"sleep" apnea', "", "a"),
    ("(sleep OR apnea", "sleep apnea", "OR", "a"),
    ("sleep AND apnea)", "sleep apnea", "AND", "a"),
    ("title:sleep", "title sleep", "", "ace"),
    ("sle*", "sle", "", ""),
    ("apnia~", "apnia", "", ""),
    ("apnea^4 [a TO b}", "apnea 4 b", "a TO", "a"),
    ("sleep\x00apnea\x07", "sleep apnea", "", "a"),
    ("sleep\ufffdapnea", "sleep apnea", "", "a"),
    ("sleep 😴 apnea 👩‍⚕️", "sleep apnea", "", "a"),
    ("https://example.org/apnea?q=sleep", "https example.org apnea q sleep", "", "a"),
    ("C:\\sleep\\apnea", "C sleep apnea", "", "a"),
    ("<script>apnea</script>", "script apnea", "", "a"),
    # nothing to search for
    ("😴", "", "", ""),
    ("?! ... *", "", "", ""),
    ("-", "", "", ""),
    ("", "", "", "abcde"),
    ("  \t ", "", "", "abcde"),
]


@pytest.mark.parametrize(("query", "searched", "dropped", "matching"), QUERIES)
def test_any_text_is_a_query(five: Searcher, query: str, searched: str, dropped: str, matching: str) -> None:
    page = five.search(query, match="most")
    assert (page.query.searched, letters(page)) == (searched, matching)
    assert " ".join(part.text for part in page.query.dropped) == dropped
    assert {part.reason for part in page.query.dropped} <= {"common word"}
    assert page.query.text == query


@pytest.mark.parametrize(
    ("query", "parameters", "matching"),
    [
        ("sleep melatonin night", {"match": "all"}, ""),
        ("sleep night pills", {"match": "all"}, "e"),
        ("sleep night pills", {"match": "most"}, "e"),
        ("sleep melatonin night", {"match": "most"}, "be"),
        ("sleep melatonin night", {"match": "any"}, "abce"),
        ("spots the elephants", {"match": "all"}, ""),
        ("spots the", {"match": "all"}, "c"),
        ("sleeping", {}, "ace"),
        ("sleeping", {"exact": True}, "e"),
        ("sleep", {"exact": True}, "ac"),
        ("slee", {}, ""),
        ("slee", {"typing": True}, "ace"),
        ("breathing slee", {"typing": True}, "a"),
        ("slee ", {"typing": True}, ""),  # a space ends the word
        ("slee breathing", {"typing": True}, "a"),  # only the last one is being typed: no article has both
        ("m", {"typing": True}, "bcde"),  # melatonin, mg, moles, Ménière
        ("caf", {"typing": True}, "c"),
        ("melatonin -sleepin", {"typing": True}, "b"),
        ('"sleep ap', {"typing": True}, "a"),
        ("sleeping pill", {"typing": True, "exact": True}, "e"),
    ],
)
def test_how_many_words_must_match_and_how(
    five: Searcher, query: str, parameters: dict[str, Any], matching: str
) -> None:
    assert letters(five.search(query, **parameters)) == matching


def parsed(query: str, *, exact: bool = False, **parameters: Any) -> Parse:
    builder = TreeBuilder(ANALYZER, dictionary_of("tea teas teabag"), exact=exact, expansions=9)
    return parse_visitor_query(query, builder, ANALYZER, **parameters)


def test_words_are_optional_phrases_required_and_exclusions_forbidden() -> None:
    question = parsed('the teas "green cup" night -"cold tea" -bed').question
    assert str(question.tree) == (
        '((text:tea OR text:night OR title_key:the tea green cup night^100.0) AND word:"green cup"'
        ' AND NOT word:"cold tea" AND NOT text:bed)'
    )
    assert list(map(str, question.optional)) == ["text:tea", "text:night"]
    assert question.minimum == 0
    assert [term.text for term in question.query_terms] == ["teas", "night", "green cup"]
    assert question.near == ("tea", "night", "green", "cup")


def test_the_last_word_may_be_the_beginning_of_one() -> None:
    assert [str(tree) for tree in parsed("night tea", typing=True).question.optional] == [
        "text:night", "(text:tea OR (word:tea OR word:teabag OR word:teas))",
    ]  # fmt: skip
    for query in ("night tea ", 'night "tea"', "night -tea", "night 5mg"):
        assert parsed(query, typing=True) == parsed(query)


def test_forms_of_one_word_are_one_unless_the_search_is_exact() -> None:
    assert parsed("teas tea Teas").searched == "teas"
    assert parsed("teas tea Teas", exact=True).searched == "teas tea"


@pytest.mark.parametrize(
    ("query", "searched", "dropped"),
    [
        ("a1 b1 c1", "a1 b1", ["c1"]),
        ('"one two three" four', '"one two"', ["three", "four"]),
        ("-one -two -three night bed", "-one -two night bed", ["three"]),
        ('-"one two three" -two night', "night", ["one two three", "two"]),
    ],
)
def test_words_are_dropped_past_the_most_allowed(query: str, searched: str, dropped: list[str]) -> None:
    parse = parsed(query, most_words=2)
    assert parse.searched == searched
    assert parse.dropped == tuple(Dropped(text, "too many words") for text in dropped)


@pytest.mark.parametrize(
    ("match", "needed"),
    [("all", [0, 1, 2, 3, 9, 20]), ("any", [0, 1, 1, 1, 1, 1])],
)
def test_how_many_of_the_words_an_article_needs(match: Match, needed: list[int]) -> None:
    assert [minimum_matching(match, words) for words in (0, 1, 2, 3, 9, 20)] == needed


def test_the_article_whose_title_is_the_query_comes_first(tmp_path: Path) -> None:
    searcher = Archive(
        tmp_path / "index",
        article("often", "Sleep and sleep apnea in sleep clinics", "Sleep apnea. " * 40),
        article("titled", "Sleep apnea", "Breathing stops at night, again and again. " * 40),
        article("plural", "Sleeps apnea", "Nothing else."),
    ).open()
    assert ids(searcher.search("sleep apnea"))[:2] == ["plural", "titled"]
    assert ids(searcher.search("sleep apnea", exact=True)) == ["titled", "often"]
    assert ids(searcher.search("Apnea, sleep"))[0] != "titled"
    searcher.close()


def test_a_title_that_is_the_query_but_for_its_endings_is_no_exact_match(tmp_path: Path) -> None:
    searcher = Archive(tmp_path / "index", article("a", "Sleeping", "Pills."), article("b", "Sleep", "Tea.")).open()
    assert ids(searcher.search("sleep", exact=True)) == ["b"]
    assert ids(searcher.search("sleep")) == ["a", "b"]
    searcher.close()


def test_words_past_the_most_allowed_are_dropped_and_named(tmp_path: Path) -> None:
    searcher = Archive(tmp_path / "index", *FIVE).open(query_terms=3)
    page = searcher.search("pills vitamin night apnea mole", match="all")
    assert (page.query.searched, letters(page)) == ("pills vitamin night", "e")
    assert [(part.text, part.reason) for part in page.query.dropped] == [
        ("apnea", "too many words"),
        ("mole", "too many words"),
    ]
    searcher.close()


def test_a_phrase_of_too_many_words_is_searched_for_as_far_as_it_may_be_long(tmp_path: Path) -> None:
    searcher = Archive(tmp_path / "index", *FIVE).open(query_terms=3)
    page = searcher.search('"breathing stops again, and again"')
    assert (page.query.searched, letters(page)) == ('"breathing stops again"', "a")
    assert [part.text for part in page.query.dropped] == [", and again"]
    searcher.close()


def test_exclusions_do_not_use_up_the_words_allowed(tmp_path: Path) -> None:
    searcher = Archive(tmp_path / "index", *FIVE).open(query_terms=2)
    page = searcher.search("-apnea -melatonin -moles sleep")
    assert (page.query.searched, letters(page)) == ("-apnea -melatonin sleep", "ce")
    assert [part.text for part in page.query.dropped] == ["moles"]
    searcher.close()


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    searcher = Archive(tmp_path_factory.mktemp("quick") / "index", *FIVE).open(query_ms=200)
    yield searcher
    searcher.close()


typed = st.one_of(
    st.text(max_size=512),
    st.lists(
        st.sampled_from(['"', "-", " ", "(", "sleep", "“", "”", "«", "*", "\x00", "\ud800", "睡", "É", "3", ".", "~"])
    ).map(lambda parts: "".join(parts)[:512]),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(query=typed, typing=st.booleans(), exact=st.booleans(), match=st.sampled_from(["all", "most", "any"]))
def test_any_text_is_answered_in_time(quick: Searcher, query: str, typing: bool, exact: bool, match: str) -> None:
    started = time.monotonic()
    page = quick.search(query, typing=typing, exact=exact, match=match)
    assert time.monotonic() - started < 0.2 + 0.25
    assert len(page.hits) == min(10, page.total.value)
    assert all(hit.snippets for hit in page.hits)
    quick.suggest(query)


@pytest.mark.parametrize("character", ['"', "“", "-", "(", "a-", '"a ', " -", "'", "a.", "睡", "👩‍⚕️"])
def test_cutting_a_query_into_words_takes_linear_time(five: Searcher, character: str) -> None:
    searcher = Searcher(five._engine, five._analyzer, Settings(query_chars=4000), "seal")
    searcher.search(character)
    started = time.monotonic()
    searcher.search((character * 4000)[:4000])
    assert time.monotonic() - started < 0.5
