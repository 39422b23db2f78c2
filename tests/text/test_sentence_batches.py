"""The sentences of many texts at once are those that the expressions find in each."""

from __future__ import annotations

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.sentence_batches import sentences_of
from kb.text.sentences import sentences
from tests.snippets.texts import articles

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


def test_texts_left_to_the_expressions_stay_in_order_among_the_others() -> None:
    listed = ["Rest. Sleep.", "心臓病です。薬を飲む。", "", "One. Two. Three.", "यह रोग है। दवा लें।", "هل يؤلم؟ نعم"]
    batch = sentences_of(listed)
    assert batch.counts.tolist() == [2, 2, 0, 3, 2, 2]
    assert batch.starts.tolist() == [s.start for text in listed for s in sentences(text)]


def test_no_text_has_no_sentence() -> None:
    assert [len(column) for column in sentences_of([])] == [0, 0, 0, 0]
    assert sentences_of(["", "\n", " "]).counts.tolist() == [0, 0, 0]
