"""Snippets of all articles of a page at once."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.interface import ROW, Answer, Positions
from kb.results import ELLIPSIS, INSIDE_WORD, SENTENCE, WORD
from kb.segments.page_texts import NO_TEXTS, PageTexts, TextGroup
from kb.snippets.page import show

from .asking import Asked
from .profiles import examples
from .test_contract import Asking, asked_of
from .texts import asking


def together(asked: list[Asked]) -> Answer:
    """The answers of several articles as that of a page."""
    answers = [one.answer for one in asked]
    tables = [answer.positions.table.copy() for answer in answers]
    for row, table in enumerate(tables):
        table[:, ROW] = row
    return msgspec.structs.replace(
        answers[0],
        articles=tuple(answer.articles[0] for answer in answers),
        positions=Positions(np.concatenate(tables)),
        texts=PageTexts.joined([answer.texts for answer in answers]),
        weights=max((answer.weights for answer in answers), key=len),
    )


@examples(60)
@given(st.lists(asking(longest=40), min_size=1, max_size=4), st.integers(1, 3))
def test_an_article_on_a_page_is_shown_as_by_itself(cases: list[Asking], count: int) -> None:
    asked = [asked_of(case)[0] for case in cases]
    page = together(asked)
    asked = [one._replace(weights=page.weights) for one in asked]
    chars = cases[0][4]
    shown = show(page, count, chars)
    alone = [show(one.answer, count, chars) for one in asked]
    assert shown.titles == [one.titles[0] for one in alone]
    assert shown.snippets == [one.snippets[0] for one in alone]


@examples(60)
@given(asking())
def test_an_ellipsis_stands_at_each_end_that_is_not_that_of_a_sentence(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    for snippet in asked.snippets(count, chars):
        body = snippet.html.replace("<mark>", "").replace("</mark>", "")
        assert body.startswith(ELLIPSIS) or snippet.begins == SENTENCE
        assert body.endswith(ELLIPSIS) or snippet.ends == SENTENCE


@examples(60)
@given(asking())
def test_a_passage_that_begins_inside_a_word_has_no_fragment(case: Asking) -> None:
    asked, count, chars = asked_of(case)
    for snippet in asked.snippets(count, chars):
        assert snippet.begins in (INSIDE_WORD, WORD, SENTENCE)
        assert snippet.begins != INSIDE_WORD or snippet.fragment == ""
        assert snippet.fragment == "" or snippet.fragment.startswith(":~:text=")


def test_a_page_without_articles_shows_nothing() -> None:
    page = Answer(articles=(), scores=(), total=0, positions=Positions(np.empty((0, 8), np.int64)), texts=NO_TEXTS)
    assert show(page, 3, 100) == ([], [])


@examples(40)
@given(st.lists(asking(longest=40), min_size=1, max_size=4), st.integers(1, 3))
def test_articles_in_groups_are_shown_as_all_at_once(cases: list[Asking], count: int) -> None:
    asked = [asked_of(case)[0] for case in cases]
    page = together(asked)
    groups = [TextGroup(np.array([row]), one.answer.texts) for row, one in enumerate(asked)]
    grouped = msgspec.structs.replace(page, texts=NO_TEXTS, text_groups=tuple(groups[::-1]))
    assert show(grouped, count, cases[0][4]) == show(page, count, cases[0][4])
