"""A whole article with the words of a query marked."""

from __future__ import annotations

from hypothesis import given

from kb.engine.interface import StoredArticle
from kb.segments.page_texts import StoredText
from kb.snippets.article_view import MOST_HIGHLIGHTS, ArticleView, view_article
from kb.snippets.parts import PART_CHARS, part_at

from .asking import Asked, ask
from .contract import Rendered
from .profiles import examples
from .test_contract import Asking, asked_of
from .texts import asking


def viewed(text: str, query: str) -> ArticleView:
    return view_of(ask(text, query))


def view_of(asked: Asked, part: int = 1) -> ArticleView:
    answer = asked.answer
    stored = StoredArticle(asked.article, StoredText(answer.texts, 0))
    return view_article(stored, part_at(stored.text, part), answer.positions)


def squeezed(text: str) -> str:
    return "".join(text.split())


@examples(100)
@given(asking())
def test_the_whole_text_is_there_and_what_is_marked_is_what_matches(case: Asking) -> None:
    asked, _, _ = asked_of(case)
    view = view_of(asked)
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
    rendered = Rendered(view_of(asked).title_html)
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


def test_each_part_of_a_long_text_has_its_own_marks() -> None:
    paragraph = "One zebra among words.\n\n"
    text = paragraph * (2 * PART_CHARS // len(paragraph))
    asked = ask(text, "zebra")
    first, second = (view_of(asked, part) for part in (1, 2))
    assert (first.part, first.parts, second.part, second.parts) == (1, 2, 2, 2)
    for view in (first, second):
        assert view.html.count("<mark>") == MOST_HIGHLIGHTS
        assert view.html.startswith("<p>One <mark>zebra</mark> among words.</p>")
    assert squeezed(Rendered(first.html + second.html).text) == squeezed(text)


def test_a_phrase_from_one_part_into_the_next_is_marked_in_both() -> None:
    line = "a few words on each line\n"
    text = line * (PART_CHARS // len(line)) + "a heart attack on a line"
    cut = part_at(StoredText(ask(text, "").answer.texts, 0), 1).end
    text = f"{text[: cut - 7]} heart\nattack {text[cut:]}"
    first, second = (view_of(ask(text, '"heart attack"'), part) for part in (1, 2))
    assert first.html.endswith("<mark>heart</mark></p>")
    assert second.html.startswith("<p><mark>attack</mark>")
