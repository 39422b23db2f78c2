"""Text and highlights as HTML, against the standard library's escaping and a reader of HTML."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.snippets.html import marked, paragraphs_html

from .contract import Rendered
from .profiles import examples
from .test_highlights import covered, ranges

texts = st.text("ab &<>\"'é\n\u00a0👍", max_size=40) | st.text(max_size=20)


def inside(text: str, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Disjoint ranges that lie in a text."""
    return covered([(begin, min(end, len(text))) for begin, end in pairs if begin < len(text)])


@examples(100)
@given(texts)
def test_without_highlights_a_text_is_escaped(text: str) -> None:
    assert marked(text, []) == html.escape(text)


@examples(100)
@given(texts, st.lists(ranges, max_size=5))
def test_highlights_become_marks_around_escaped_text(text: str, pairs: list[tuple[int, int]]) -> None:
    highlights = inside(text, pairs)
    expected, last = "", 0
    for begin, end in highlights:
        expected += f"{html.escape(text[last:begin])}<mark>{html.escape(text[begin:end])}</mark>"
        last = end
    assert marked(text, highlights) == expected + html.escape(text[last:])


@examples(100)
@given(st.text("ab&\n", max_size=40), st.lists(ranges, max_size=5))
def test_paragraphs_have_the_text_and_the_highlights_of_the_whole(text: str, pairs: list[tuple[int, int]]) -> None:
    # A match begins and ends with a character of a word.
    highlights = [(b, e) for b, e in inside(text, pairs) if text[b:e].strip() == text[b:e]]
    rendered = Rendered(paragraphs_html(text, highlights))
    assert "".join(rendered.text.split()) == "".join(text.split())
    shown = "".join("".join(rendered.text[begin:end].split()) for begin, end in rendered.marks)
    assert shown == "".join("".join(text[begin:end].split()) for begin, end in highlights)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One,\ntwo.", "<p>One,<br>\ntwo.</p>"),
        ("\n\n \n\nOne.", "<p>One.</p>"),
        ("", ""),
    ],
)
def test_paragraphs_and_lines_stay(text: str, expected: str) -> None:
    assert paragraphs_html(text, []) == expected


def test_a_highlight_over_two_paragraphs_is_one_in_each() -> None:
    assert paragraphs_html("a b\n\nc d", [(2, 6)]) == "<p>a <mark>b</mark></p>\n<p><mark>c</mark> d</p>"
