"""The words of many texts at once are those that the analysis finds in each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.token_batches import BatchTokenizer, in_batches
from kb.text.tokens import LONGEST_WORD, Analyzer

ANALYZER = Analyzer()

soup = st.text(alphabet="abzAZ0159.,'-’ \n\t", max_size=60)
anything = st.text(alphabet=st.characters(), max_size=40)
with_surrogates = st.text(alphabet=st.characters(categories=None), max_size=20) | st.text(
    alphabet="\ud83d\ude00a1\udfff'", max_size=8
)
repeated = st.tuples(st.sampled_from(["a", "é", "7", "'", ".", " ", "e\u0301", "ﬁ"]), st.integers(1, 60))
long_words = st.lists(repeated, max_size=5).map(lambda parts: "".join(letter * count for letter, count in parts))
CHARACTERS = "ab12.,'’ -睡眠カﾞひ한𝔘😀𐐀𠀀२िßİıſΣςﬁ½²Ⅷµ٣ªº\u0301\u20e3\u200d\u200c\ufe0f\u00ad\u0345"
odd = st.text(alphabet=CHARACTERS, max_size=25)
texts = st.lists(st.one_of(soup, anything, with_surrogates, long_words, odd), max_size=6)


def check(listed: list[str]) -> None:
    tokenizer = BatchTokenizer()
    batch = tokenizer.tokenize(listed)
    assert [(column.dtype, len(column)) for column in batch] == [
        (np.dtype("int32"), len(batch.word_ids)),
        (np.dtype("uint32"), len(batch.word_ids)),
        (np.dtype("uint16"), len(batch.word_ids)),
        (np.dtype("int64"), len(listed)),
    ]
    assert len(set(tokenizer.words)) == len(tokenizer.words)
    begin = 0
    for text, count in zip(listed, batch.counts.tolist(), strict=True):
        expected = ANALYZER.tokens(text)
        own = slice(begin, begin + count)
        assert [tokenizer.words[word_id] for word_id in batch.word_ids[own].tolist()] == expected.words, repr(text)
        assert batch.starts[own].tolist() == expected.starts.tolist(), repr(text)
        assert batch.lengths[own].tolist() == (expected.ends - expected.starts).tolist(), repr(text)
        begin += count
    assert begin == len(batch.word_ids)


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


def test_a_word_keeps_its_id_from_one_call_to_the_next() -> None:
    tokenizer = BatchTokenizer()
    first = tokenizer.tokenize(["sleep apnea", "Sleep"])
    second = tokenizer.tokenize(["apnea of SLEEP"])
    assert tokenizer.words == ["sleep", "apnea", "of"]
    assert first.word_ids.tolist() == [0, 1, 0]
    assert second.word_ids.tolist() == [1, 2, 0]


@given(st.lists(st.sampled_from(["", "a" * 1000, "b" * 60_000, "c" * 131_072, "d" * 200_000]), max_size=8))
def test_batches_are_the_texts_in_order_and_as_large_as_allowed(listed: list[str]) -> None:
    batches = [list(batch) for batch in in_batches(listed)]
    sizes = [sum(map(len, batch)) for batch in batches]
    assert [text for batch in batches for text in batch] == listed
    assert all(size <= 131_072 or sum(map(bool, batch)) == 1 for size, batch in zip(sizes, batches, strict=True))
    assert all(size + len(batch[0]) > 131_072 for size, batch in zip(sizes, batches[1:], strict=False))


def test_texts_of_several_batches_have_the_tokens_that_each_has_alone() -> None:
    check(["sleep well " * 10_000, "", "b12 " * 20_000, "a" * 49 + " apnea"])
