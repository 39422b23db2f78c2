"""What a token is, and which word it stands for."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.text.tokens import ANALYSIS_VERSION, LONGEST_WORD, STOP_WORDS, Analyzer, fold, token_offsets

ANALYZER = Analyzer()

texts = st.text(alphabet=st.characters(categories=None), max_size=40) | st.text("aB1.,'’ é睡ﬁ\u0301😀", max_size=80)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Sleep well.", ["Sleep", "well"]),
        ("5mg 2.5 2,000.50 1.2.3 .5 5.", ["5", "mg", "2.5", "2,000.50", "1.2.3", "5", "5"]),
        ("B12 12b", ["B12", "12", "b"]),
        ("Ménière's o'clock dogs' l’été 's", ["Ménière's", "o'clock", "dogs", "l’été", "s"]),
        ("睡眠は カﾞ sleep睡", ["睡", "眠", "は", "カﾞ", "sleep", "睡"]),
        ("हिन्दी 한국어", ["हिन्दी", "한국어"]),
        ("well-being and/or e-mail", ["well", "being", "and", "or", "e", "mail"]),
        ("!?… 😀", []),
    ],
)
def test_a_token_is_a_numeral_a_word_or_an_ideograph(text: str, forms: list[str]) -> None:
    starts, ends = token_offsets(text)
    assert [text[start:end] for start, end in zip(starts, ends, strict=True)] == forms


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("SLEEP", "sleep"),
        ("Ménière's", "meniere"),
        ("O’Brien", "obrien"),
        ("2,000.50", "2000.50"),
        ("1,23", "1,23"),
        ("Straße", "strasse"),
        ("ﬁt", "fit"),
        ("１２", "12"),
        ("İ", "i"),
        ("ガ", "ガ"),
        ("\u0301", ""),
    ],
)
def test_a_word_has_no_case_accents_apostrophes_and_thousands_separators(form: str, word: str) -> None:
    assert fold(form) == word


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=8))
def test_letters_composed_or_not_and_in_any_case_are_the_same_word(letters: str) -> None:
    word = fold(letters)
    assert fold(unicodedata.normalize("NFD", letters)) == word == fold(unicodedata.normalize("NFC", letters))
    assert fold(letters.casefold()) == word


@given(texts)
def test_tokens_are_in_order_apart_and_short_enough_for_a_snippet(text: str) -> None:
    starts, ends = (column.astype(np.int64) for column in token_offsets(text))
    assert np.all(starts < ends)
    assert np.all(ends[:-1] <= starts[1:])
    gaps = [text[begin:end] for begin, end in zip([0, *ends], [*starts, len(text)], strict=True)]
    assert not any(regex.search(r"[\p{L}\p{Nd}]", gap) for gap in gaps)


@given(texts)
def test_tokens_as_arrays_and_as_a_list_are_the_same(text: str) -> None:
    words, starts, ends = ANALYZER.tokens(text)
    assert (starts.dtype, ends.dtype) == (np.uint32, np.uint32)
    assert list(zip(words, starts, ends, strict=True)) == ANALYZER.words(text)
    assert words == [word for word in (fold(text[a:b]) for a, b in zip(*token_offsets(text), strict=True)) if word]


@pytest.mark.parametrize("grapheme", ["a", "e\u0301", "क्षि", "a" + "\u0301" * 9])
def test_a_token_that_is_too_long_is_split_between_graphemes(grapheme: str) -> None:
    starts, ends = token_offsets(grapheme * 100)
    per_piece = LONGEST_WORD // len(grapheme)
    assert starts.tolist() == [len(grapheme) * i for i in range(0, 100, per_piece)]
    assert ends.tolist() == [*starts[1:].tolist(), len(grapheme) * 100]


def test_a_grapheme_longer_than_a_token_is_not_split() -> None:
    text = "a" + "\u0301" * 60 + "b"
    assert [column.tolist() for column in token_offsets(text)] == [[0, 61], [61, 62]]


def test_the_stem_is_that_of_the_language() -> None:
    assert [ANALYZER.stem(word) for word in ("sleeping", "sleeps", "apnea")] == ["sleep", "sleep", "apnea"]
    assert Analyzer("spanish").stem("caminando") == "camin"


def test_stop_words_are_those_of_english_alone() -> None:
    assert all(map(ANALYZER.is_stop_word, STOP_WORDS))
    assert not ANALYZER.is_stop_word("sleep")
    assert not Analyzer("german").is_stop_word("the")


@pytest.mark.parametrize(
    ("name", "keyword"),
    [("Positive-Fitness", "positive fitness"), ("  Ménière’s  ", "meniere"), (" !? ", "!?"), ("", "")],
)
def test_names_are_compared_by_their_words(name: str, keyword: str) -> None:
    assert ANALYZER.keyword(name) == keyword


def test_the_fingerprint_names_language_and_version() -> None:
    assert ANALYZER.fingerprint == f"english/{ANALYSIS_VERSION}"
