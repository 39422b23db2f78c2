"""Markdown without a parser: every word stays."""

import pytest

from kb.articles.markdown_lines import MAX_COST, first_heading, parsing_cost, text_of_lines


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Rest\n\nSleep *early*.", "Rest\n\nSleep *early*."),
        (">> - said\n  * so\n> ### there", "said\nso\nthere"),
        ("a - b\n-c\n#d", "a - b\n-c\n#d"),
        ("<b class=x>Some</b> text, 5 < 6", "Some text, 5 < 6"),
        ("|a|b|", "|a|b|"),
    ],
)
def test_marks_at_the_beginning_of_lines_and_tags_go(source, text):
    assert text_of_lines(source) == text


def test_the_first_heading_is_found_wherever_it_is():
    assert first_heading("a\n  ## Rest well \n# No") == "Rest well"
    assert first_heading("a # b\n#c") == ""


@pytest.mark.parametrize(
    "source", ["word " * 100_000, "Sleep *early*.\n" * 10_000, "|a|b|\n|-|-|\n" + "|c|d|\n" * 9000]
)
def test_long_ordinary_texts_are_parsed(source):
    assert parsing_cost(source) <= MAX_COST


@pytest.mark.parametrize(
    "source", ["a_" * (MAX_COST + 1), "a\n" * (MAX_COST + 1), "|a" * 999 + "\n" + "|-" * 999 + "\n|" * 100]
)
def test_much_markup_is_not(source):
    assert parsing_cost(source + "x") > MAX_COST
