"""The answer says what was searched for: what was left out, what stood for several words, and how each hit matches."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from whoosh.query import Every

from kb.deadline import Deadline
from kb.engine.interface import Question
from kb.errors import QuerySyntaxError
from kb.query.interpretation import interpret
from kb.results import Dropped, Expansion, QueryReport, ResultPage, SearchRequest
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.corpora import ANALYZER, MakeArchive, article, ids, letters

from .dictionaries import dictionary_of


def matched(page: ResultPage, article_id: str) -> list[tuple[str, str, str]]:
    hit = next(hit for hit in page.hits if hit.id == article_id)
    return [(query_term.term, query_term.kind, query_term.field) for query_term in hit.matched]


@pytest.mark.parametrize(
    ("query", "parameters", "article_id", "expected"),
    [
        ("sleep", {}, "a", [("sleep", "exact", "title"), ("sleep", "exact", "body")]),
        ("SLEEP", {}, "a", [("SLEEP", "exact", "title"), ("SLEEP", "exact", "body")]),
        ("sleep", {}, "e", [("sleep", "stem", "body")]),
        ("sleeping", {}, "e", [("sleeping", "exact", "body")]),
        ("cafe au", {}, "c", [("cafe", "exact", "title"), ("au", "exact", "title")]),
        ("meniere", {}, "d", [("meniere", "exact", "body")]),
        ('"sleeping pills"', {}, "e", [("sleeping pills", "exact", "body")]),
        ("omega-3", {}, "a", [("omega-3", "exact", "body")]),
        ("sleep night", {"match": "any"}, "b", [("night", "exact", "body")]),
        ("sleep -apnea", {}, "e", [("sleep", "stem", "body")]),
        ("sleepi", {"typing": True}, "e", [("sleepi*", "prefix", "body")]),
        ("sleepi the sleepi", {"typing": True}, "e", [("sleepi*", "prefix", "body")]),
        ("sleeping sleep", {"exact": True, "match": "any"}, "e", [("sleeping", "exact", "body")]),
        ("sleeping sleep", {"exact": True, "match": "any"}, "c", [("sleep", "exact", "body")]),
        ("stop*", {"mode": "staff"}, "a", [("stop*", "prefix", "body")]),
        ("sto?s", {"mode": "staff"}, "a", [("sto?s", "wildcard", "body")]),
        ("insomnai~", {"mode": "staff"}, "e", [("insomnai~2", "fuzzy", "title")]),
        ("title:sleep", {"mode": "staff"}, "a", [("sleep", "exact", "title")]),
        ('"stops during"~4', {"mode": "staff"}, "a", [("stops during", "stem", "body")]),
        ("NOT melatonin", {"mode": "staff"}, "e", []),
    ],
)
def test_each_hit_says_what_matched_and_how(
    five: Searcher, query: str, parameters: dict[str, Any], article_id: str, expected: list[tuple[str, str, str]]
) -> None:
    assert matched(five.search(query, **parameters), article_id) == expected


def test_nothing_is_ever_corrected(five: Searcher) -> None:
    for query in ("slep", "melatonni", "apnoea", "5mgs", "insomnai"):
        page = five.search(query)
        assert (page.query.corrections, page.total.value, page.hits) == ((), 0, ())
        assert page.query.searched == query


@pytest.mark.parametrize(
    ("query", "parameters", "matching"),
    [
        ("sleep", {}, "ac"),
        ("sleep", {"typing": True, "offset": "1"}, "ac"),
        ('"sleep" café', {"match": "any", "limit": "3"}, "c"),
    ],
)
def test_the_literal_address_is_the_exact_search_for_the_same(
    five: Searcher, query: str, parameters: dict[str, Any], matching: str
) -> None:
    url = five.search(query, **parameters).query.literal_url
    assert url is not None
    asked = dict(parse_qsl(urlsplit(url).query))
    assert asked == {"q": query, "exact": "true"} | {
        name: value for name, value in parameters.items() if name not in ("typing", "offset")
    }
    literal = five.search(asked.pop("q"), **asked)
    assert literal.query.literal_url is None
    assert {kind for hit in literal.hits for _, kind, _ in matched(literal, hit.id)} == {"exact"}
    assert letters(literal) == matching


def test_a_search_for_everything_has_no_literal_one(five: Searcher) -> None:
    assert five.search("").query.literal_url is None


def test_a_word_that_no_article_has_is_named_and_the_others_are_searched_for(five: Searcher) -> None:
    page = five.search("melatonin unicorns")
    assert letters(page) == "b"
    assert page.query.warnings == ("No article has unicorns.",)
    assert five.search("sleep apnea").query.warnings == ()
    assert five.search("melatonin unicorns", match="all").hits == ()
    assert five.search("gnomes unicorns").query.warnings == ("No article has gnomes.", "No article has unicorns.")


def test_an_unknown_word_lifts_no_phrase_exclusion_or_filter(five: Searcher) -> None:
    assert letters(five.search('melatonin unicorns "at night"')) == "b"
    assert letters(five.search('melatonin unicorns "sleep apnea"')) == ""
    assert letters(five.search("melatonin unicorns -night")) == ""
    assert letters(five.search("melatonin unicorns", filter={"site": "none"})) == ""


def test_a_query_without_a_word_says_so(five: Searcher) -> None:
    page = five.search("?!")
    assert (page.query.warnings, page.hits) == (("There is no letter or digit in the query to search for.",), ())
    assert five.search("").query.warnings == ()


def test_expansions_are_named_with_the_rule(five: Searcher) -> None:
    page = five.search("sleepi* OR insomnai~ OR sp?ts", mode="staff")
    assert [(e.text, e.words, e.by, e.complete) for e in page.query.expanded] == [
        ("sleepi*", ("sleeping",), "prefix", True),
        ("insomnai~2", ("insomnia",), "fuzzy", True),
        ("sp?ts", ("spots",), "wildcard", True),
    ]
    assert page.query.warnings == ()


def test_a_pattern_that_no_word_fits_is_named_for_what_it_is(five: Searcher) -> None:
    page = five.search("zzz*", mode="staff")
    assert (page.query.warnings, page.hits) == (("No word in the archive fits zzz*.",), ())


def test_an_expansion_that_was_cut_off_is_named(archive: MakeArchive) -> None:
    searcher = archive(
        article("a", "Words", "paa pab pac pad pae"), article("b", "More", "pac pab pab pzz"), article("c", "x", "pac")
    ).open(query_expansions=2)
    page = searcher.search("pa* OR pzzz~", mode="staff")
    assert [(e.words, e.complete) for e in page.query.expanded] == [(("pac", "pab"), False), (("pzz",), True)]
    assert page.query.warnings == (
        "pa* stands for more words than are searched for; only the 2 most frequent ones are.",
    )
    assert ids(searcher.search("pad OR pa*", mode="staff"))[0] == "a"
    typing = searcher.search("pa", typing=True)
    assert [(e.text, e.words, e.complete) for e in typing.query.expanded] == [("pa*", ("pac", "pab"), False)]
    searcher.close()


def test_all_expansions_of_a_query_together_are_bounded(archive: MakeArchive) -> None:
    words = [first + second + third for first in "abcdefghij" for second in "xyz" for third in "aeiou"]
    searcher = archive(article("a", "Words", " ".join(words))).open(query_expansions=5)
    page = searcher.search(" OR ".join(f"{first}{second}*" for first in "abcdefghij" for second in "xy"), mode="staff")
    assert [len(e.words) for e in page.query.expanded] == [5] * 4 + [1] * 16
    assert [e.complete for e in page.query.expanded] == [True] * 4 + [False] * 16
    assert len(page.query.warnings) == 16
    assert page.query.warnings[0].endswith("only the most frequent one is.")
    searcher.close()


def test_what_was_parsed_can_be_read(five: Searcher) -> None:
    assert five.search("title:sleep -tea", mode="staff").query.parsed == "(title:sleep AND NOT text:tea)"
    assert five.search('title:"sleep apnea" text:tea*', mode="staff").query.parsed.startswith("(title_word:")


def test_the_address_of_a_page_asks_for_that_page(five: Searcher) -> None:
    page = five.search("sleep night", match="any", limit=2, typing=True)
    assert page.next is not None
    assert parse_qs(urlsplit(page.next).query) == {
        "q": ["sleep night"],
        "limit": ["2"],
        "offset": ["2"],
        "match": ["any"],
        "typing": ["true"],
    }


def interpreted(**parameters: Any) -> tuple[Question, QueryReport]:
    question, report, is_partial = interpret(
        SearchRequest(**parameters), dictionary_of("tea teas tear"), ANALYZER, Settings(query_expansions=2)
    )
    assert not is_partial
    return question, report


def test_each_mode_has_its_own_language() -> None:
    assert str(interpreted(q="title:tea")[0].tree).startswith("(text:titl OR text:tea")
    assert str(interpreted(q="title:tea", mode="staff")[0].tree) == "title:tea"
    with pytest.raises(QuerySyntaxError):
        interpreted(q="(tea", mode="staff")


def test_a_question_without_words_is_for_every_article() -> None:
    question, report = interpreted(q="  ")
    assert question == Question(tree=question.tree)
    assert isinstance(question.tree, Every)
    assert (report.searched, report.warnings, report.literal_url) == ("", (), None)


def test_the_report_has_what_was_searched_dropped_and_expanded() -> None:
    question, report = interpreted(q="the TEAS tea", match="all", typing=True)
    assert (report.text, report.searched, report.mode) == ("the TEAS tea", "TEAS", "visitor")
    assert report.dropped == (Dropped("the", "common word"),)
    assert report.parsed == str(question.tree)
    assert question.minimum == 1
    _, report = interpreted(q="te", typing=True)
    assert report.expanded == (Expansion("te*", ("tea", "tear"), "prefix", complete=False),)
    assert report.warnings == ("te* stands for more words than are searched for; only the 2 most frequent ones are.",)


def test_words_that_there_was_no_time_for_are_named() -> None:
    """The dictionary has no time for the second pattern."""
    dictionary = dictionary_of("tea teas coffee")
    late = Deadline(-1)
    whole = interpret(SearchRequest(q="te* co*", mode="staff"), dictionary, ANALYZER, Settings(), late)
    assert not whole.is_partial
    found = dictionary.with_prefix
    dictionary.with_prefix = (  # type: ignore[method-assign]
        lambda prefix, limit, deadline: found(prefix, limit) if prefix == "te" else ((), False)
    )
    part = interpret(SearchRequest(q="te* co*", mode="staff"), dictionary, ANALYZER, Settings(), late)
    assert part.is_partial
    assert part.report.warnings == ("The time allowed ran out before all words that fit were found for: co*.",)
    assert [expansion.complete for expansion in part.report.expanded] == [True, False]
