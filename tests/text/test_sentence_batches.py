"""Where sentences begin and end, which of them end a paragraph, and which are in a heading."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.sentence_batches import sentences_of
from kb.text.sentences import HEADING, PARAGRAPH_ENDS, sentences
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
    places = [place for sentence in divided for place in sentence[:2]]
    assert places == sorted(places)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end, _ in divided)
    gaps = [text[a:b] for a, b in zip([0, *places[1::2]], [*places[::2], len(text)], strict=True)]
    assert all(len(gap.split()) <= 1 for gap in gaps), gaps


MARKS = """Dr Prof e.g p.m Ph.D xDr No U Ab ab é É 7 12 123 . .. ! ? … " ” ’ ) ] ( “ ¿ - * • – 。 ？ 」 ؟ है 心
    \u0301 😀 𝔘 _ 1. 2) 34)""".split()  # noqa: SIM905 - a paragraph reads better than quoted words
SPACES = [" ", " ", "  ", "\n", "\n\n", "\t", "\r\n", "\xa0", "\x1c", "\u2028", "\0", ""]
pieces = st.sampled_from(MARKS + SPACES)
soup = st.lists(pieces, max_size=25).map("".join)


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(st.lists(soup | articles(30) | st.text(max_size=20), max_size=5))
def test_many_texts_have_the_sentences_that_each_has_alone(listed: list[str]) -> None:
    counts, starts, ends, kinds = sentences_of(listed)
    alone = [sentences(text) for text in listed]
    assert counts.tolist() == [len(divided) for divided in alone]
    assert list(zip(starts.tolist(), ends.tolist(), kinds.tolist(), strict=True)) == [*chain.from_iterable(alone)]
    assert [column.dtype for column in (counts, starts, ends, kinds)] == ["int64", "uint32", "uint32", "uint8"]
