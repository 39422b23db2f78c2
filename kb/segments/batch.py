"""Analysed articles as arrays: what a segment is written from, and what segments become when they are merged.

Batches are made in any process and joined in one. Those of one process share the list of their words, which grows from
one to the next; where lists differ, joining renumbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any, NamedTuple

import msgspec
import numpy as np

from kb.article import Article
from kb.days import day_number
from kb.segments.bounds import bounds_of, numbers_in
from kb.text.characters import ENCODINGS
from kb.text.sentence_batches import sentences_of
from kb.text.sentences import SentenceBatch
from kb.text.token_batches import BatchTokenizer


class Batch(NamedTuple):
    """Articles in arrays. Article `i` has the tokens `bounds[i]:bounds[i + 1]`, those of its title first.

    words         list[str]      the words that occur, each once, and perhaps others
    tokens        int32 (t,)     the number of each token's word
    starts        uint32 (t,)    where each token begins, in its title or in its text
    lengths       uint16 (t,)    how long it is
    bounds        int64 (n + 1,)
    title_tokens  int32 (n,)     how many of an article's tokens are its title's
    days          int32 (n,)     day numbers, 0: unknown
    records       list[bytes]    the articles without their texts (msgpack)
    texts         list[bytes]    the texts, one, two or four bytes a code point
    widths        uint8 (n,)     which of these
    sentences     SentenceBatch  those of the texts
    """

    words: list[str]
    tokens: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    bounds: np.ndarray
    title_tokens: np.ndarray
    days: np.ndarray
    records: list[bytes]
    texts: list[bytes]
    widths: np.ndarray
    sentences: SentenceBatch

    def __reduce__(self) -> tuple[type[Batch], tuple[Any, ...]]:
        """To another process it goes without the words of other batches."""
        return Batch, tuple(trimmed(self))


_SENTENCES: tuple[type[np.generic], ...] = (np.int64, np.uint32, np.uint32, np.uint8)

_encode = msgspec.msgpack.Encoder().encode
article_of = msgspec.msgpack.Decoder(Article).decode
"""The article that one of the `records` holds, without its text."""


class PackedArticle(NamedTuple):
    """What a batch holds of one article besides its tokens: a row of `records`, `texts` and `widths`."""

    record: bytes
    text: bytes
    width: int


def packed_article(article: Article) -> PackedArticle:
    """The article in bytes, equal for equal articles."""
    text = article.text
    highest = max(text, default="\0") if not text.isascii() else "\0"
    width = 1 if highest <= "\xff" else 2 if highest <= "\uffff" else 4
    content = text.encode(ENCODINGS[width], "surrogatepass" if width > 1 else "strict")
    return PackedArticle(_encode(msgspec.structs.replace(article, text="")), content, width)


def analyse(articles: Sequence[Article]) -> Batch:
    """The articles as a batch, in their order, with no word that does not occur."""
    return trimmed(numbered(articles, BatchTokenizer()))


def numbered(articles: Sequence[Article], vocabulary: BatchTokenizer) -> Batch:
    """The articles as a batch that shares its words with others of that vocabulary."""
    found = vocabulary.tokenize([text for article in articles for text in (article.title, article.text)])
    packed = [packed_article(article) for article in articles]
    return Batch(
        words=vocabulary.words,
        tokens=found.word_ids,
        starts=found.starts,
        lengths=found.lengths,
        bounds=bounds_of(found.counts.reshape(-1, 2).sum(axis=1)),
        title_tokens=found.counts[::2].astype(np.int32),
        days=np.array([day_number(article.published) for article in articles], dtype=np.int32),
        records=[article.record for article in packed],
        texts=[article.text for article in packed],
        widths=np.array([article.width for article in packed], dtype=np.uint8),
        sentences=sentences_of([article.text for article in articles]),
    )


def join(batches: Sequence[Batch]) -> Batch:
    """One batch with the articles of all, in their order, and the words that they use."""
    words, tokens = _trimmed(*_renumbered(batches))
    return Batch(
        words=words,
        tokens=_concatenated(tokens, np.int32),
        starts=_concatenated([b.starts for b in batches], np.uint32),
        lengths=_concatenated([b.lengths for b in batches], np.uint16),
        bounds=bounds_of(_concatenated([np.diff(b.bounds) for b in batches], np.int64)),
        title_tokens=_concatenated([b.title_tokens for b in batches], np.int32),
        days=_concatenated([b.days for b in batches], np.int32),
        records=[record for b in batches for record in b.records],
        texts=[text for b in batches for text in b.texts],
        widths=_concatenated([b.widths for b in batches], np.uint8),
        sentences=SentenceBatch(
            *(_concatenated(column, dtype) for column, dtype in zip(_columns(batches), _SENTENCES, strict=True))
        ),
    )


def take(batch: Batch, rows: Sequence[int]) -> Batch:
    """A batch of some articles of another, in the order of `rows`, and of the words that they use."""
    if list(rows) == list(range(len(batch.records))):
        return batch
    chosen = np.array(rows, dtype=np.int64)
    bounds = bounds_of(np.diff(batch.bounds)[chosen])
    tokens = numbers_in(batch.bounds[chosen], np.diff(bounds))
    sentences = numbers_in(bounds_of(batch.sentences.counts)[chosen], batch.sentences.counts[chosen])
    taken = Batch(
        words=batch.words,
        tokens=batch.tokens[tokens],
        starts=batch.starts[tokens],
        lengths=batch.lengths[tokens],
        bounds=bounds,
        title_tokens=batch.title_tokens[chosen],
        days=batch.days[chosen],
        records=[batch.records[row] for row in rows],
        texts=[batch.texts[row] for row in rows],
        widths=batch.widths[chosen],
        sentences=SentenceBatch(batch.sentences.counts[chosen], *(column[sentences] for column in batch.sentences[1:])),
    )
    return trimmed(taken)


def trimmed(batch: Batch) -> Batch:
    """The batch without words that none of its tokens has, and with a list of its own."""
    words, (tokens,) = _trimmed(batch.words, [batch.tokens])
    return batch._replace(words=words, tokens=tokens)


def _trimmed(words: Sequence[str], tokens: Sequence[np.ndarray]) -> tuple[list[str], list[np.ndarray]]:
    """The words that one of the tokens has, and the tokens by their numbers."""
    used = np.zeros(len(words), dtype=bool)
    for some in tokens:
        used[some] = True
    new = (np.cumsum(used) - 1).astype(np.int32)
    return list(compress(words, used.tolist())), [new[some] for some in tokens]


def _renumbered(batches: Sequence[Batch]) -> tuple[list[str], list[np.ndarray]]:
    """One list of words for all batches, and the tokens of each by its numbers."""
    lists = {id(batch.words): batch.words for batch in batches}
    if len(lists) == 1:
        return batches[0].words, [batch.tokens for batch in batches]
    numbers: dict[str, int] = {}
    new = {
        key: np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int32)
        for key, words in lists.items()
    }
    return list(numbers), [new[id(batch.words)][batch.tokens] for batch in batches]


def _columns(batches: Sequence[Batch]) -> list[list[np.ndarray]]:
    """Of each array of `SentenceBatch` those of all batches."""
    return [[batch.sentences[column] for batch in batches] for column in range(len(_SENTENCES))]


def _concatenated(parts: Iterable[np.ndarray], dtype: type[np.generic]) -> np.ndarray:
    listed = list(parts)
    return np.concatenate(listed).astype(dtype, copy=False) if listed else np.empty(0, dtype=dtype)
