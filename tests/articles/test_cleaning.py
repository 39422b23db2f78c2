"""Characters and white space of texts and titles."""

import pytest

from kb.articles.cleaning import one_line, shorten, tidy, visible


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("one\r\ntwo\rthree\x85four\u2028five\u2029six\x0cseven", "one\ntwo\nthree\nfour\nfive\nsix\nseven"),
        ("a\t b\u00a0\u2003c", "a b c"),
        ("a  \n  b", "a\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\n \n\t\n\u00a0\nb", "a\n\nb"),
        ("a\x00b\x07c\x1bd", "abcd"),
        ("dia\u00adzepam", "diazepam"),
        ("\u202eabc\u202c \u2066d\u2069", "abc d"),
        ("wa\u2060ter\ufeff", "water"),
        ("\ud800x", "\ufffdx"),
        ("e" + "\u0301" * 100, "e" + "\u0301" * 30),
        ("cafe\u0301", "cafe\u0301"),
        ("نیم\u200cفاصله 👩\u200d⚕\ufe0f", "نیم\u200cفاصله 👩\u200d⚕\ufe0f"),
        ("\n\n a \n\n", "a"),
        ("", ""),
    ],
)
def test_tidy_text_has_visible_characters_and_single_spaces(raw, cleaned):
    assert tidy(raw) == cleaned
    assert tidy(cleaned) == cleaned


@pytest.mark.parametrize("text", ["a  b\t c \n\n\n d", "  a\u00a0\u2003b  ", ""])
def test_visible_characters_all_stay_as_they_are(text):
    assert visible(text) == text
    assert visible(f"\ufeff{text}\x00") == text


def test_a_title_is_one_line():
    assert one_line(" Vitamin\tD\n in\u2028winter ") == "Vitamin D in winter"


def test_a_long_title_is_cut_after_a_word_with_an_ellipsis():
    title = shorten("walking, " * 60)

    assert title.endswith("walking…")
    assert len(title) <= 300


def test_a_long_title_of_one_word_is_cut_within_it():
    assert shorten("x" * 301) == "x" * 299 + "…"


def test_a_title_of_the_longest_length_is_not_cut():
    assert shorten("x" * 300) == "x" * 300
