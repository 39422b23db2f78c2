"""The staff's query language: what each query matches, and what each mistake is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.days import add_days, period
from kb.errors import QuerySyntaxError
from kb.query.staff import parse_staff_query
from kb.query.trees import TreeBuilder
from kb.query.visitor import Parse
from kb.search.searcher import Searcher
from tests.corpora import ANALYZER, Archive, article, ids, letters

from .dictionaries import dictionary_of

SIX = (
    article(
        "a",
        "Sleep apnea",
        "Breathing stops again and again.",
        site="Sleep desk",
        author="Zoë Ångström",
        tags=("sleep", "night shift"),
        published="2024-05-03",
    ),
    article(
        "b", "Melatonin", "A dose of 5 mg for sleep at night.", site="Sleep desk", tags=("dose",), published="2024"
    ),
    article("c", "Café", "Coffee keeps you from sleeping.", site="Food desk", language="en", published="2023-12-31"),
    article("d", "Tea", "Tea and coffee: stimulants, twice.", site="Food desk", author="Ben", published="2022-02-28"),
    article("e", "Insomnia", "A dose of coffee late in the day, and no tea.", tags=("sleep",), published="2024-05-04"),
    article("f", "Undated", "Stimulus, stimulate, stipend."),
)

QUERIES = [
    # words and operators
    ("sleep", "abc"),
    ("sleep coffee", "c"),
    ("sleep AND coffee", "c"),
    ("sleep OR tea", "abcde"),
    ("coffee OR sleep apnea", "acde"),  # words side by side bind closer
    ("(coffee OR sleep) apnea", "a"),
    ("coffee (tea OR sleeping)", "cde"),
    ("sleep and coffee", ""),  # no operator in small letters
    ("ORANGE OR NOTHING", ""),
    ("sleep\tOR\n\ntea", "abcde"),
    ("the", "e"),
    # without
    ("coffee NOT tea", "c"),
    ("coffee -tea", "c"),
    ("coffee −tea", "c"),
    ("coffee AND NOT tea", "c"),
    ("NOT coffee", "abf"),
    ("-coffee -sleep", "f"),
    ("NOT (coffee OR sleep)", "f"),
    ("NOT (coffee NOT tea)", "abdef"),
    ("-(coffee -(tea -dose))", "abdf"),
    ("-(-(-tea))", "abcf"),
    ("coffee OR NOT sleep", "cdef"),
    ("sleep NOT sleep", ""),
    # phrases and distances
    ('"sleep apnea"', "a"),
    ('"apnea sleep"', ""),
    ('"sleep"', "ab"),
    ('"dose coffee"', ""),
    ('"dose coffee"~1', ""),
    ('"dose coffee"~2', "e"),
    ('"doses coffees"~2', "e"),  # a distance compares stems
    ('"dose of" -"dose of coffee"', "b"),
    ("sleep-apnea", "a"),
    # beginnings, patterns, likeness
    ("stim*", "df"),
    ("stimu?us", "f"),
    ("stimul*s", "df"),
    ("st*nd", "f"),
    ("CAF*", "c"),
    ("café*", "c"),
    ("aphea~", "a"),
    ("apnoea~", "a"),
    ("apxxa~", ""),
    ("apxxa~2", "a"),
    ("slep~1", "ab"),
    # fields
    ("title:sleep", "a"),
    ("text:sleep", "bc"),
    ("body:sleep", "bc"),
    ("TITLE:sleep", "a"),
    ("title: sleep", "a"),
    ("title:(tea OR apnea)", "ad"),
    ('title:"sleep apnea"', "a"),
    ("title:sl*", "a"),
    ("title:aphea~", "a"),
    ("-title:sleep", "bcdef"),
    ("title:(tea text:sleep)", ""),
    ('site:"sleep desk"', "ab"),
    ('site:"SLEEP-DESK"', "ab"),
    ("site:sleep", ""),
    ("tag:sleep", "ae"),
    ("tags:sleep", "ae"),
    ('tag:"Night Shift"', "a"),
    ('author:"zoe angstrom"', "a"),
    ("author:BEN", "d"),
    ("language:en", "c"),
    ('site:"food desk" -author:ben', "c"),
    # dates
    ("date:2024", "abe"),
    ("published:2024", "abe"),
    ("year:2024", "abe"),
    ("date:2024-05", "ae"),
    ("date:2024-5", "ae"),
    ("date:2024-05-03", "a"),
    ("date:2024-01-01", "b"),  # only the year is known: its first day
    ("date:2022..2023", "cd"),
    ("date:2024-05..", "ae"),
    ("date:..2023", "cd"),
    ("date:..", "abcde"),
    ("date:[2022 TO 2023]", "cd"),
    ("date:[2022 TO ]", "abcde"),
    ("date:[ TO 2022]", "d"),
    ("date:>2023", "abe"),
    ("date:>=2023", "abce"),
    ("date:<2023", "d"),
    ("date:<=2023-12-31", "cd"),
    ("date:>2024-05-03", "e"),
    ("NOT date:2024", "cdf"),
    ("coffee date:2024", "e"),
    ("coffee OR date:2024-05-03", "acde"),
    ("(tea date:2022) OR apnea", "ad"),
    ("date:2022..2023 -tea", "c"),
    # weights change the order, not what matches
    ("coffee^3", "cde"),
    ('"sleep apnea"^2', "a"),
    ("stim*^2", "df"),
    ("aphea~1^2", "a"),
    # nothing
    ("", "abcdef"),
    ("   ", "abcdef"),
]


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    searcher = Archive(tmp_path_factory.mktemp("six") / "index", *SIX).open(query_terms=12)
    yield searcher
    searcher.close()


@pytest.mark.parametrize(("query", "matching"), QUERIES)
def test_a_query_finds_the_articles_it_describes(six: Searcher, query: str, matching: str) -> None:
    page = six.search(query, mode="staff")
    assert (letters(page), page.total.value) == (matching, len(matching))
    assert page.query.searched == " ".join(query.split())
    assert page.query.dropped == ()


def parsed(query: str) -> Parse:
    builder = TreeBuilder(ANALYZER, dictionary_of("tea teas coffee"), exact=False, expansions=9)
    return parse_staff_query(query, builder, ANALYZER)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("tea", "text:tea"),
        ("tea OR cup night", "(text:tea OR (text:cup AND text:night))"),
        ("(tea OR cup) AND NOT night", "((text:tea OR text:cup) AND NOT text:night)"),
        ("-tea", "(None:* AND NOT text:tea)"),
        ('title:(tea "green cups")', '(title:tea AND title_word:"green cups")'),
        ("te*^0.5 OR co?fee OR tee~", "((word:tea^0.5 OR word:teas^0.5) OR word:coffee OR word:tea)"),
        ('Tags:"Night Shift" date:2024', "(tag:night shift AND published:[738886 TO 739251])"),
        ("green-tea", 'text:"green tea"'),
    ],
)
def test_a_query_is_parsed_to_a_tree(query: str, tree: str) -> None:
    assert str(parsed(query).question.tree) == tree


def test_a_phrase_has_its_distance_and_its_boost() -> None:
    phrase = parsed('body:"green cups"~3^2').question.tree
    assert (phrase.fieldname, phrase.words, phrase.slop, phrase.boost) == ("body", ["green", "cup"], 3, 2.0)


def test_what_is_excluded_twice_is_wanted() -> None:
    question = parsed("tea -(cup -(night -bed))").question
    assert [term.text for term in question.query_terms] == ["tea", "night"]
    assert question.near == ("tea", "night")


ITEM = "a word, a phrase, a field or an opening bracket"
DAY = "a day such as 2024, 2024-05 or 2024-05-03"

MISTAKES = [
    ("(", 1, ITEM),
    ("()", 1, ITEM),
    (")", 0, ITEM),
    ("sleep)", 5, "the end of the query, AND, OR, or an opening bracket before this one"),
    ("(sleep", 6, "a closing bracket"),
    ("(sleep OR", 9, ITEM),
    ("OR sleep", 0, ITEM),
    ("sleep AND", 9, ITEM),
    ("sleep OR OR tea", 9, ITEM),
    ("sleep AND OR tea", 10, ITEM),
    ("NOT", 3, ITEM),
    ("NOT NOT sleep", 4, ITEM),
    ("NOT -sleep", 4, ITEM),
    ("--sleep", 1, ITEM),
    ("title:-sleep", 6, ITEM),
    ("-", 1, ITEM),
    ("omega - 3", 7, "a word right after this minus sign, or quotes around it"),
    ('"sleep', 0, 'a closing " for this one'),
    ('sleep "apnea', 6, 'a closing " for this one'),
    ('""', 0, "at least one letter or digit"),
    ('sleep "?!"', 6, "at least one letter or digit"),
    ("sleep !", 6, "at least one letter or digit"),
    ("😴", 0, "at least one letter or digit"),
    ("*", 0, "at least 2 letters before * or ?"),
    ("s*", 0, "at least 2 letters before * or ?"),
    ("tea ?leep", 4, "at least 2 letters before * or ?"),
    ("vitamin-d*", 0, "only letters, digits, * and ? in a pattern"),
    ("~2", 0, "a word before this sign"),
    ("^2", 0, "a word before this sign"),
    ("sleep~3", 0, "at most 2 after ~"),
    ("sleep~999999999999999999999", 0, "at most 2 after ~"),
    ("sleep-apnea~1", 0, "one word before ~"),
    ('"sleep apnea"~101', 0, "at most 100 after ~"),
    ("sleep^", 5, "a number from 0.01 to 100 after ^"),
    ("sleep^x", 5, "a number from 0.01 to 100 after ^"),
    ("sleep^0", 5, "a number from 0.01 to 100 after ^"),
    ("sleep^101", 5, "a number from 0.01 to 100 after ^"),
    ("colour:red", 0, "one of title:, text:, body:, site:, author:, tag:, language:, date: or the text in quotes"),
    (
        "https://example.org",
        0,
        "one of title:, text:, body:, site:, author:, tag:, language:, date: or the text in quotes",
    ),
    ("title:", 6, ITEM),
    ("title:text:sleep", 6, "a word, a phrase or an opening bracket after title:"),
    ("site:", 5, "a name after site:, in quotes if it has several words"),
    ('site:""', 5, "a name after site:, in quotes if it has several words"),
    ("site:(a OR b)", 5, "a name after site:, in quotes if it has several words"),
    ("tag:sle*", 4, "a whole name after tag:, without * or ?"),
    ("date:", 5, "a day, a month, a year or a range such as 2023..2024-06"),
    ("date:yesterday", 5, "a day, a month, a year or a range such as 2023..2024-06"),
    ("date:2024/05", 5, "a day, a month, a year or a range such as 2023..2024-06"),
    ("date:[2022 2023]", 5, "a day, a month, a year or a range such as 2023..2024-06"),
    ("date:24", 5, f"{DAY} (24 is not a date)"),
    ("date:0000", 5, f"{DAY} (0000 is not a date)"),
    ("date:2024-13", 5, f"{DAY} (there is no month 13)"),
    ("date:2023-02-29", 5, f"{DAY} (day is out of range for month)"),
    ("date:>-", 5, f"{DAY} (- is not a date)"),
    ("date:[* TO *]", 5, f"{DAY} (* is not a date)"),
    ("date:2023..2022", 5, "a range that does not end before it begins"),
    (
        "a b c d e f g h i j k l m",
        24,
        "fewer words; a query has at most as many as the setting query_terms says",
    ),
    ("(" * 21 + "a" + ")" * 21, 20, "at most 20 brackets inside one another"),
]


@pytest.mark.parametrize(("query", "position", "expected"), MISTAKES)
def test_a_mistake_is_named_with_its_position(six: Searcher, query: str, position: int, expected: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        six.search(query, mode="staff")
    assert (caught.value.position, caught.value.expected) == (position, expected)
    assert (caught.value.parameter, caught.value.code) == ("q", "query_syntax")


def test_brackets_may_be_as_deep_as_allowed(six: Searcher) -> None:
    assert letters(six.search("(" * 20 + "apnea" + ")" * 20, mode="staff")) == "a"
    assert letters(six.search("(apnea) " * 11 + "(apnea)", mode="staff")) == "a"


def test_a_weight_changes_the_order(six: Searcher) -> None:
    assert ids(six.search("apnea^10 OR melatonin", mode="staff")) == ["a", "b"]
    assert ids(six.search("apnea OR melatonin^10", mode="staff")) == ["b", "a"]


def test_not_having_a_word_adds_nothing_to_a_score(six: Searcher) -> None:
    plain = six.search("coffee", mode="staff").hits
    without = six.search("coffee -apnea", mode="staff").hits
    assert [(hit.id, hit.score) for hit in without] == [(hit.id, hit.score) for hit in plain]


@pytest.mark.parametrize(
    "part",
    [
        "(",
        '"',
        "-",
        "[a TO ",
        "date:[a TO ",
        "date:[ ",
        "title:",
        "a^",
        "a~",
        "NOT ",
        "^",
        "aa*",
        " ",
        "a:",
        "1.",
        "date:..",
    ],
)
def test_parsing_takes_linear_time(six: Searcher, part: str) -> None:
    query = (part * 10_000)[:10_000]
    parse_in_time(six, query)
    parse_in_time(six, f"date:[{' ' * 10_000}")
    parse_in_time(six, f"a~{'9' * 10_000}")
    parse_in_time(six, f"a^{'9' * 10_000}")


def parse_in_time(searcher: Searcher, query: str) -> None:
    builder = TreeBuilder(ANALYZER, searcher._engine.dictionary, exact=False, expansions=64)
    started = time.monotonic()
    with suppress(QuerySyntaxError):
        parse_staff_query(query, builder, ANALYZER)
    assert time.monotonic() - started < 0.5


parts = st.sampled_from(
    [
        "(",
        ")",
        '"',
        "-",
        " ",
        "~",
        "^",
        "*",
        "?",
        ":",
        "AND ",
        "OR ",
        "NOT ",
        "title:",
        "date:",
        "site:",
        "2024",
        "..",
        "[",
        " TO ",
        "]",
        ">",
        "sleep",
        "te",
        "睡",
        "\x00",
    ]
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(query=st.lists(parts, max_size=20).map("".join) | st.text(max_size=60))
def test_any_text_is_answered_or_its_mistake_has_a_position(six: Searcher, query: str) -> None:
    mistake: QuerySyntaxError | None = None
    try:
        assert not six.search(query, mode="staff").partial
    except QuerySyntaxError as error:
        mistake = error
    assert mistake is None or (0 <= mistake.position <= len(query) and mistake.expected)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024", ("2024-01-01", "2024-12-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2023-2", ("2023-02-01", "2023-02-28")),
        ("2024-5-3", ("2024-05-03", "2024-05-03")),
        ("0001", ("0001-01-01", "0001-12-31")),
        ("", None),
        (None, None),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str | None, days: tuple[str, str] | None) -> None:
    assert period(text) == days


@pytest.mark.parametrize(
    "text", ["24", "2024-", "2024-00", "2024-04-31", "20240503", "2024-05-03T10:00", "today", "-2024"]
)
def test_what_no_calendar_has_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        period(text)


def test_the_day_before_the_first_and_after_the_last_are_these_days() -> None:
    assert (add_days("2024-02-28", 1), add_days("2024-03-01", -1)) == ("2024-02-29", "2024-02-29")
    assert (add_days("0001-01-01", -1), add_days("9999-12-31", 1)) == ("0001-01-01", "9999-12-31")
