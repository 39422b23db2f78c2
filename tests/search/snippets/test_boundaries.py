"""Where sentences, words and graphemes begin and end."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.search.boundaries import grapheme_end, grapheme_start, sentence_ends, sentence_starts

from .profiles import examples
from .texts import articles


def sentences(text: str) -> list[str]:
    starts, ends = sentence_starts(text, 0, len(text)), sentence_ends(text, 0, len(text))
    return [text[start : min(end for end in ends if end > start)] for start in starts]


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
    assert sentences(text) == expected


@examples(100)
@given(articles(60), st.data())
def test_a_window_shows_the_same_sentences_as_the_whole_text(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, min(len(text), low + 400)))
    for bounds in (sentence_starts, sentence_ends):
        assert bounds(text, low, high) == [place for place in bounds(text, 0, len(text)) if low <= place <= high]


@examples(100)
@given(articles(60), st.data())
def test_graphemes_are_those_of_the_whole_text(text: str, data: st.DataObject) -> None:
    bounds = [0, *(match.end() for match in regex.finditer(r"\X", text))]
    place = data.draw(st.integers(0, len(text)))
    assert grapheme_start(text, place) == max(bound for bound in bounds if bound <= place)
    assert grapheme_end(text, place) == min(bound for bound in bounds if bound >= place)
