"""A whole article with the words of a query marked."""

from __future__ import annotations

from hypothesis import given

from kb.snippets.article_view import MOST_HIGHLIGHTS, ArticleView, view_article

from .asking import ask
from .contract import Rendered
from .profiles import examples
from .test_contract import Asking, asked_of
from .texts import asking


def viewed(text: str, query: str) -> ArticleView:
    asked = ask(text, query)
    return view_article(asked.article, asked.answer.positions)


def squeezed(text: str) -> str:
    return "".join(text.split())


@examples(100)
@given(asking())
def test_the_whole_text_is_there_and_what_is_marked_is_what_matches(case: Asking) -> None:
    asked, _, _ = asked_of(case)
    view = view_article(asked.article, asked.answer.positions)
    rendered = Rendered(view.html)
    assert rendered.tags <= {"p", "br", "mark"}
    assert squeezed(rendered.text) == squeezed(asked.text)
    marked = "".join(squeezed(rendered.text[first:last]) for first, last in rendered.marks)
    matching = {i for spans in asked.spans().values() for first, last in spans for i in range(first, last)}
    assert marked == squeezed("".join(asked.text[i] for i in sorted(matching)))


@examples(100)
@given(asking(longest=10))
def test_the_title_is_whole_and_well_formed(case: Asking) -> None:
    asked, _, _ = asked_of(case)
    rendered = Rendered(view_article(asked.article, asked.answer.positions).title_html)
    assert rendered.tags <= {"mark"}
    assert rendered.text == asked.title


def test_paragraphs_and_lines_stay() -> None:
    view = viewed("One & two.\n\nA list:\n- one", "one")
    assert view.html == "<p><mark>One</mark> &amp; two.</p>\n<p>A list:<br>\n- <mark>one</mark></p>"


def test_a_phrase_over_two_paragraphs_is_marked_in_both() -> None:
    html = viewed("A heart\n\nattack came.", '"heart attack"').html
    assert html == "<p>A <mark>heart</mark></p>\n<p><mark>attack</mark> came.</p>"


def test_a_page_is_not_made_of_marks_alone() -> None:
    assert viewed("word and " * 3000, "word").html.count("<mark>") == MOST_HIGHLIGHTS


def test_overlapping_matches_are_one_highlight() -> None:
    assert viewed("A heart attack.", '"heart attack" attack').html == "<p>A <mark>heart attack</mark>.</p>"


def test_an_article_that_does_not_match_is_shown_plain() -> None:
    assert viewed("Nothing.", "zebra").html == "<p>Nothing.</p>"
