"""The words of many texts at once are those that the analysis finds in each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.token_batches import Vocabulary
from kb.text.tokens import LONGEST_WORD, Analyzer

ANALYZER = Analyzer()

soup = st.text(alphabet="abzAZ0159.,'-’ \n\t", max_size=60)
anything = st.text(alphabet=st.characters(), max_size=40)
with_surrogates = st.text(alphabet=st.characters(categories=None), max_size=20) | st.text(
    alphabet="\ud83d\ude00a1\udfff'", max_size=8
)
stretches = st.tuples(st.sampled_from(["a", "é", "7", "'", ".", " ", "e\u0301", "ﬁ"]), st.integers(1, 60))
long_words = st.lists(stretches, max_size=5).map(lambda parts: "".join(letter * count for letter, count in parts))
CHARACTERS = "ab12.,'’ -睡眠カﾞひ한𝔘😀𐐀𠀀२िßİıſΣςﬁ½²Ⅷµ٣ªº\u0301\u20e3\u200d\u200c\ufe0f\u00ad\u0345"
odd = st.text(alphabet=CHARACTERS, max_size=25)
texts = st.lists(st.one_of(soup, anything, with_surrogates, long_words, odd), max_size=6)


def check(listed: list[str]) -> None:
    vocabulary = Vocabulary()
    found = vocabulary.number(listed)
    assert [(column.dtype, len(column)) for column in found] == [
        (np.dtype("int32"), len(found.numbers)),
        (np.dtype("uint32"), len(found.numbers)),
        (np.dtype("uint16"), len(found.numbers)),
        (np.dtype("int64"), len(listed)),
    ]
    assert len(set(vocabulary.words)) == len(vocabulary.words)
    place = 0
    for text, count in zip(listed, found.counts.tolist(), strict=True):
        expected = ANALYZER.tokens(text)
        here = slice(place, place + count)
        assert [vocabulary.words[number] for number in found.numbers[here].tolist()] == expected.words, repr(text)
        assert found.starts[here].tolist() == expected.starts.tolist(), repr(text)
        assert found.lengths[here].tolist() == (expected.ends - expected.starts).tolist(), repr(text)
        place += count
    assert place == len(found.numbers)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(listed=texts)
def test_many_texts_have_the_tokens_that_each_has_alone(listed: list[str]) -> None:
    check(listed)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(listed=st.lists(soup, min_size=1, max_size=4))
def test_letters_digits_and_marks_meet_in_every_way(listed: list[str]) -> None:
    check(listed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "5mg 5 mg 2.5mg 2,000mg 2,000.50 1.2.3 1..2 .5 5. ,5, 1,23",
        "o'clock o'c1 5'6 5'ab ab'5 l'été O’Brien's dogs' 's '' '",
        "B12 b12's 12b12 1a1a1 a.b a,b a1.5 1.5a 1.a a.1",
        "a" * LONGEST_WORD + " " + "a" * (LONGEST_WORD + 1) + " " + "1" * 500 + "." + "2" * 500,
        "a'" * 40 + "b",
        "１２．３ １２,３ ٣٫٤ ½a a½ ²3 3² Ⅷa",
        "naïve nai\u0308ve \u0308 \u0308a 1\u0308 1\u20e32",
        "睡眠は大切 sleep睡眠 5睡 カﾞ한국어 ไทย हिन्दी",
        "x\ud800y \ud83d\ude00 \udc00",
        "𝔘𝔫𝔦 a𝔘 𝟓mg 😀a",
    ],
)
def test_each_rule_holds_where_it_meets_another(text: str) -> None:
    check([text])
    check(["a", text, "5", text, ""])


def test_every_character_counts_for_what_it_counts_alone() -> None:
    alike = {*range(0x3500, 0x9F00), *range(0xAC10, 0xD700), *range(0xE010, 0xF800)}  # Han, Hangul, private use
    points = [point for point in range(1 << 16) if point not in alike]
    for first in range(0, len(points), 4096):
        check([f"a{c}b 1{c}2 {c}" for c in map(chr, points[first : first + 4096])])


def test_no_text_has_no_token() -> None:
    check([])
    check([""])
    check(["", "", "!"])


def test_a_word_keeps_its_number_from_one_call_to_the_next() -> None:
    vocabulary = Vocabulary()
    first = vocabulary.number(["sleep apnea", "Sleep"])
    second = vocabulary.number(["apnea of SLEEP"])
    assert vocabulary.words == ["sleep", "apnea", "of"]
    assert first.numbers.tolist() == [0, 1, 0]
    assert second.numbers.tolist() == [1, 2, 0]
