"""Batches of articles: joined, taken apart and sent to other processes, they hold what they held."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kb.article import Article
from kb.segments.batch import Batch, analyse, article_of, batch_of, join, packed_article, take, trimmed
from kb.text.sentences import sentences
from kb.text.token_batches import BatchTokenizer

from .articles import ANALYZER, lists, random_lists


def assert_holds(batch: Batch, listed: Sequence[Article]) -> None:
    """The batch has exactly these articles, and exactly the words that occur in them."""
    assert [article_of(record) for record in batch.records] == [replace(article, text="") for article in listed]
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for article in listed:
        for text in (article.title, article.text):
            tokens = ANALYZER.tokens(text)
            words += tokens.words
            starts += tokens.starts.tolist()
            ends += tokens.ends.tolist()
    assert [batch.words[term_id] for term_id in batch.tokens.tolist()] == words
    assert sorted(batch.words) == sorted(set(words))
    assert batch.starts.tolist() == starts
    assert (batch.starts + batch.lengths).tolist() == ends
    counts = [[len(ANALYZER.tokens(text).words) for text in (article.title, article.text)] for article in listed]
    assert batch.title_tokens.tolist() == [in_title for in_title, _ in counts]
    assert np.diff(batch.bounds).tolist() == list(map(sum, counts))
    expected = [sentence for article in listed for sentence in sentences(article.text)]
    assert list(zip(*(column.tolist() for column in batch.sentences[1:]), strict=True)) == expected
    assert batch.sentences.counts.tolist() == [len(sentences(article.text)) for article in listed]


def assert_same(one: Batch, other: Batch) -> None:
    for own, its in zip([*one[:-1], *one.sentences], [*other[:-1], *other.sentences], strict=True):
        if isinstance(own, np.ndarray):
            assert own.dtype == its.dtype
            assert own.tolist() == its.tolist()
        else:
            assert own == its


@random_lists
@given(listed=lists, cut=st.integers(0, 8), is_shared=st.booleans())
def test_joined_batches_are_the_batch_of_all_articles(listed: list[Article], cut: int, is_shared: bool) -> None:
    tokenizer = BatchTokenizer()
    parts = [batch_of(part, tokenizer if is_shared else BatchTokenizer()) for part in (listed[:cut], listed[cut:])]
    joined = join(parts)
    assert_holds(joined, listed)
    assert_same(joined, analyse(listed))


@random_lists
@given(listed=lists, data=st.data())
def test_taken_articles_are_a_batch_of_their_own(listed: list[Article], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(range(len(listed))), unique=True)) if listed else []
    assert_holds(take(analyse(listed), rows), [listed[row] for row in rows])


def test_all_articles_taken_in_their_order_are_the_batch_itself() -> None:
    batch = analyse([Article(id=name, title=name, text="tea") for name in "abc"])
    assert take(batch, [0, 1, 2]) is batch
    assert_holds(take(batch, []), [])


def test_another_process_gets_only_the_words_that_occur() -> None:
    tokenizer = BatchTokenizer()
    batch_of([Article(id="a", title="other", text="words elsewhere")], tokenizer)
    batch = batch_of([Article(id="b", title="Tea", text="a cup")], tokenizer)
    assert "words" in batch.words
    assert_same(pickle.loads(pickle.dumps(batch)), trimmed(batch))
    assert trimmed(batch).words == ["tea", "a", "cup"]


@pytest.mark.parametrize(
    ("text", "width"), [("", 1), ("tea", 1), ("Thé ÿ", 1), ("—", 2), ("\ud800", 2), ("a 𝔘", 4), ("\U0010ffff", 4)]
)
def test_a_text_is_packed_in_as_few_bytes_as_its_characters_allow(text: str, width: int) -> None:
    packed = packed_article(Article(id="a", title="t", text=text))
    assert (packed.width, len(packed.text)) == (width, width * len(text))
    assert packed == packed_article(Article(id="a", title="t", text=text))
    assert article_of(packed.record).text == ""
