"""Plain text files."""

import pytest

from kb.articles.plain import read_plain, unwrapped

FOOTER = "Copyright ©2024 . All Rights Reserved | Positive fitness"


def test_the_first_line_that_is_not_empty_is_the_title(desk):
    article = desk.article("rest.txt", "\n\n  Rest   well \n\nSleep early.\n\nRise late.\n")

    assert (article.id, article.title, article.text) == ("rest.txt", "Rest well", "Sleep early.\n\nRise late.")
    assert article.format == "text"


def test_the_footer_gives_site_and_year_and_is_not_part_of_the_body(desk):
    article = desk.article("rest.txt", f"Rest well\n\nSleep early.\n\n{FOOTER}")

    assert (article.text, article.site, article.published) == ("Sleep early.", "Positive fitness", "2024")


@pytest.mark.parametrize("content", ["Rest well", "Rest well\n", f"Rest well\n\n{FOOTER}\n"])
def test_a_single_line_is_title_and_text(desk, content):
    article = desk.article("rest.txt", content)

    assert (article.title, article.text) == ("Rest well", "Rest well")


def test_a_first_line_longer_than_a_title_is_text_as_well(desk):
    line = "Sleep is good. " * 40
    article = desk.article("rest.txt", f"{line}\nRise late.")

    assert article.title.endswith("…")
    assert article.text == f"{line.strip()}\n\nRise late."


def test_an_endless_line_is_simply_read(desk):
    article = desk.article("rest.txt", "word " * 190_000)

    assert article.title.startswith("word word")
    assert len(article.text) == 5 * 190_000 - 1


def test_hard_wrapped_paragraphs_are_joined(desk):
    wrapped = (
        "Sleep comes to those who wait for it in a room that is dark,\n"
        "cool and quiet, with the telephone in another room. Do not\n"
        "look at the clock.\n"
        "\n"
        "Rise at the same time."
    )

    assert desk.article("rest.txt", f"Rest\n\n{wrapped}").text == (
        "Sleep comes to those who wait for it in a room that is dark, cool and quiet, with the telephone in another "
        "room. Do not look at the clock.\n\nRise at the same time."
    )


@pytest.mark.parametrize(
    "lines",
    [
        "Buy milk\nBuy bread\nBuy tea",
        "- walk for at least twenty minutes on five days of the week\n- swim for as long again on the two that remain",
        "1. Walk for at least twenty minutes on five days of the week.\n2. Swim for as long on the two that remain.",
        "This sentence stands on a line of its own and is not short.\nSo does this one, and it is a little longer too.",
    ],
)
def test_lists_and_short_lines_stay_lines(desk, lines):
    assert desk.article("rest.txt", f"Rest\n\n{lines}").text == lines


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_a_file_without_words_is_skipped(desk, content):
    assert desk.reason("rest.txt", content) in ("empty", "no text")


def test_a_manuscript_has_the_title_above_the_text_and_the_site_below_it():
    manuscript = read_plain(f"Rest well\nSleep early.\n\n{FOOTER}")

    assert (manuscript.title, manuscript.text) == ("Rest well", "Sleep early.")
    assert (manuscript.site, manuscript.published) == ("Positive fitness", "2024")


@pytest.mark.parametrize(
    ("length", "following", "separator"),
    [(49, "go on", "\n"), (50, "go on", " "), (100, "go on", " "), (101, "go on", "\n"), (60, "- go on", "\n")],
)
def test_lines_of_an_editors_width_are_joined_unless_a_list_goes_on(length, following, separator):
    line = "x" * length

    assert unwrapped(f"{line}\n{following}") == f"{line}{separator}{following}"
