"""Analysed articles as arrays: the input of a new segment, and the form in which segments are merged.

Batches are made in any process and joined in one. Batches of one process share a growing list of words; the term ids
of batches with different lists are remapped when the batches are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any, NamedTuple

import msgspec
import numpy as np

from kb.article import Article
from kb.days import day_number
from kb.segments.bounds import bounds_of, joined_ranges
from kb.text.characters import ENCODINGS
from kb.text.sentence_batches import sentences_of
from kb.text.sentences import SentenceBatch
from kb.text.token_batches import BatchTokenizer


class Batch(NamedTuple):
    """n articles with t tokens; article i has the tokens `bounds[i]:bounds[i + 1]`, title before text.

    words         list[str]      distinct words, the term id is the index; may hold words that no token has
    tokens        int32 (t,)     term id of each token
    starts        uint32 (t,)    offset of each token in its title or in its text, code points
    lengths       uint16 (t,)    code points
    bounds        int64 (n + 1,)
    title_tokens  int32 (n,)     tokens of the title of each article
    days          int32 (n,)     day numbers, 0: unknown
    records       list[bytes]    articles without texts (msgpack)
    texts         list[bytes]    texts in 1, 2 or 4 bytes a code point
    widths        uint8 (n,)     bytes a code point of each text
    sentences     SentenceBatch  sentences of the texts
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
        """Pickle with a word list of its own: a shared list has the words of other batches."""
        return Batch, tuple(trimmed(self))


_SENTENCE_DTYPES: tuple[type[np.generic], ...] = (np.int64, np.uint32, np.uint32, np.uint8)
"""Dtypes of the columns of `SentenceBatch`."""

_encode = msgspec.msgpack.Encoder().encode
article_of = msgspec.msgpack.Decoder(Article).decode
"""Decode an item of `Batch.records`: an article without its text."""


class PackedArticle(NamedTuple):
    """An article in bytes: an item of `records`, of `texts` and of `widths` of a batch."""

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
    """A batch of the articles, in their order; every word has a token."""
    return trimmed(batch_of(articles, BatchTokenizer()))


def batch_of(articles: Sequence[Article], tokenizer: BatchTokenizer) -> Batch:
    """A batch of the articles, in their order, that shares the word list of the tokenizer."""
    tokens = tokenizer.tokenize([text for article in articles for text in (article.title, article.text)])
    packed = [packed_article(article) for article in articles]
    return Batch(
        words=tokenizer.words,
        tokens=tokens.word_ids,
        starts=tokens.starts,
        lengths=tokens.lengths,
        bounds=bounds_of(tokens.counts.reshape(-1, 2).sum(axis=1)),
        title_tokens=tokens.counts[::2].astype(np.int32),
        days=np.array([day_number(article.published) for article in articles], dtype=np.int32),
        records=[article.record for article in packed],
        texts=[article.text for article in packed],
        widths=np.array([article.width for article in packed], dtype=np.uint8),
        sentences=sentences_of([article.text for article in articles]),
    )


def join(batches: Sequence[Batch]) -> Batch:
    """One batch with the articles of all batches, in their order; every word has a token."""
    words, tokens = _trimmed(*_remapped(batches))
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
            *(_concatenated(column, dtype) for column, dtype in zip(_columns(batches), _SENTENCE_DTYPES, strict=True))
        ),
    )


def take(batch: Batch, rows: Sequence[int]) -> Batch:
    """A batch of the articles at `rows`, in that order; every word has a token, unless `batch` itself is returned."""
    if list(rows) == list(range(len(batch.records))):
        return batch
    chosen = np.array(rows, dtype=np.int64)
    bounds = bounds_of(np.diff(batch.bounds)[chosen])
    tokens = joined_ranges(batch.bounds[chosen], np.diff(bounds))
    sentences = joined_ranges(bounds_of(batch.sentences.counts)[chosen], batch.sentences.counts[chosen])
    selected = Batch(
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
    return trimmed(selected)


def trimmed(batch: Batch) -> Batch:
    """The batch with a word list of its own, in which every word has a token."""
    words, (tokens,) = _trimmed(batch.words, [batch.tokens])
    return batch._replace(words=words, tokens=tokens)


def _trimmed(words: Sequence[str], tokens: Sequence[np.ndarray]) -> tuple[list[str], list[np.ndarray]]:
    """The words that have a token, and the term ids of each array of tokens among these words."""
    used = np.zeros(len(words), dtype=bool)
    for term_ids in tokens:
        used[term_ids] = True
    new_ids = (np.cumsum(used) - 1).astype(np.int32)
    return list(compress(words, used.tolist())), [new_ids[term_ids] for term_ids in tokens]


def _remapped(batches: Sequence[Batch]) -> tuple[list[str], list[np.ndarray]]:
    """One word list for all batches, and the tokens of each batch as term ids of that list."""
    lists = {id(batch.words): batch.words for batch in batches}
    if len(lists) == 1:
        return batches[0].words, [batch.tokens for batch in batches]
    term_ids: dict[str, int] = {}
    new_ids = {
        key: np.array([term_ids.setdefault(word, len(term_ids)) for word in words], dtype=np.int32)
        for key, words in lists.items()
    }
    return list(term_ids), [new_ids[id(batch.words)][batch.tokens] for batch in batches]


def _columns(batches: Sequence[Batch]) -> list[list[np.ndarray]]:
    """For each column of `SentenceBatch` the arrays of all batches."""
    return [[batch.sentences[column] for batch in batches] for column in range(len(_SENTENCE_DTYPES))]


def _concatenated(parts: Iterable[np.ndarray], dtype: type[np.generic]) -> np.ndarray:
    listed = list(parts)
    return np.concatenate(listed).astype(dtype, copy=False) if listed else np.empty(0, dtype=dtype)
