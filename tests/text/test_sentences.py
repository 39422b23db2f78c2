"""Where sentences begin and end, which of them end a paragraph, and which are in a heading."""

from __future__ import annotations

import pytest
from hypothesis import given

from kb.text.sentences import ABBREVIATED_WORDS, HEADING, LONGEST_HEADING, PARAGRAPH_ENDS, sentences
from tests.snippets.profiles import examples
from tests.snippets.texts import articles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It hurts. It stops.", ["It hurts.", "It stops."]),
        ("Does it hurt? Yes! Call us.", ["Does it hurt?", "Yes!", "Call us."]),
        ("Dr. Smith and Mr. Jones met.", ["Dr. Smith and Mr. Jones met."]),
        ("Found in the U.S. Virgin Islands.", ["Found in the U.S. Virgin Islands."]),
        ("Pain killers, e.g. Aspirin, help.", ["Pain killers, e.g. Aspirin, help."]),
        ("Take 2.5 mg. Wait.", ["Take 2.5 mg.", "Wait."]),
        ("It was No. 7 of Fig. 3.", ["It was No. 7 of Fig. 3."]),
        ("Shown by Smith et al. In mice.", ["Shown by Smith et al. In mice."]),
        ("Ends at 9 a.m. Monday.", ["Ends at 9 a.m. Monday."]),
        ("He said “It hurts.” Then left.", ["He said “It hurts.”", "Then left."]),
        ("(It hurts.) (It stops.)", ["(It hurts.)", "(It stops.)"]),
        ("Heading\n\nText below", ["Heading", "Text below"]),
        ("Signs:\n- fever\n2. cough", ["Signs:", "fever", "cough"]),
        ("心臓病です。薬を飲む。", ["心臓病です。", "薬を飲む。"]),
        ("هل يؤلم؟ نعم", ["هل يؤلم؟", "نعم"]),
        ("यह रोग है। दवा लें।", ["यह रोग है।", "दवा लें।"]),
        ("wait... what", ["wait... what"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end, _ in sentences(text)] == expected


def test_a_heading_is_a_short_paragraph_of_one_line_that_does_not_end_like_a_sentence() -> None:
    text = "About the flu\n\nIt is common. Rest.\n\n1. Drink\n\nTwo lines\nof text\n\nThe end"
    assert [text[s.start : s.end] for s in sentences(text) if s.kind & HEADING] == ["About the flu"]


def test_the_last_sentence_of_each_paragraph_but_the_last_ends_it() -> None:
    text = "One. Two.\n\nThree. Four.\n\nFive. Six."
    assert [text[s.start : s.end] for s in sentences(text) if s.kind & PARAGRAPH_ENDS] == ["Two.", "Four."]


@examples(200)
@given(articles(60))
def test_sentences_are_in_order_not_empty_and_leave_out_only_space_and_markers(text: str) -> None:
    divided = sentences(text)
    offsets = [offset for sentence in divided for offset in sentence[:2]]
    assert offsets == sorted(offsets)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end, _ in divided)
    gaps = [text[a:b] for a, b in zip([0, *offsets[1::2]], [*offsets[::2], len(text)], strict=True)]
    assert all(len(gap.split()) <= 1 for gap in gaps), gaps


@pytest.mark.parametrize("word", ABBREVIATED_WORDS)
def test_no_sentence_ends_after_an_abbreviated_word(word: str) -> None:
    text = f"See {word}. Rest."
    assert [text[s.start : s.end] for s in sentences(text)] == [text]


def test_a_sentence_ends_after_a_word_that_only_ends_like_an_abbreviated_one() -> None:
    text = "See OldFigs. Rest."
    assert "Figs" in ABBREVIATED_WORDS
    assert [text[s.start : s.end] for s in sentences(text)] == ["See OldFigs.", "Rest."]


@pytest.mark.parametrize(
    ("paragraph", "is_heading"),
    [
        ("About the flu", True),
        ("Why rest?", True),
        ("x" * LONGEST_HEADING, True),
        ("x" * (LONGEST_HEADING + 1), False),
        ("About the flu:", False),
        ("About the flu (influenza)", False),
        ("- flu", False),
        ("12. flu", False),
        ("Two\nlines", False),
    ],
)
def test_a_heading_is_told_by_its_length_its_lines_and_its_end(paragraph: str, is_heading: bool) -> None:
    assert any(s.kind & HEADING for s in sentences(f"First.\n\n{paragraph}\n\nText.")) == is_heading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("- Rest", ["Rest"]),
        ("1) Rest", ["Rest"]),
        ("3 glasses", ["3 glasses"]),
        ("Rest. - Sleep.", ["Rest.", "Sleep."]),
        ("Rest.  \n\n\n Sleep.  ", ["Rest.", "Sleep."]),
        ("Rest.”’)] Sleep.", ["Rest.”’)]", "Sleep."]),
        ("Rest.”’)]” Sleep.", ["Rest.”’)]” Sleep."]),
        ("Rest. “Sleep.”", ["Rest.", "“Sleep.”"]),
        ("Rest.Sleep", ["Rest.Sleep"]),
    ],
)
def test_markers_and_space_are_left_out_and_closing_marks_are_not(text: str, expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences(text)] == expected
