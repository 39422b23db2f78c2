"""Analysed articles as arrays: what a segment is written from, and what segments become when they are merged.

Batches are made in any process and joined in one: each brings the words it uses, and joining renumbers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from kb.indexing.schema import day_number
from kb.model import Article
from kb.vocabulary import Vocabulary


class Batch(NamedTuple):
    """Articles in arrays. Article `i` has the tokens `bounds[i]:bounds[i + 1]`, those of its title first.

    words         list[str]      the words that occur, each once
    tokens        int32 (t,)     the number of each token's word
    starts        uint32 (t,)    where each token begins, in its title or in its text
    lengths       uint16 (t,)    how long it is
    bounds        int64 (n + 1,)
    title_tokens  int32 (n,)     how many of an article's tokens are its title's
    days          int32 (n,)     day numbers, 0: unknown
    records       list[bytes]    the articles without their texts (msgpack)
    texts         list[bytes]    the texts, one, two or four bytes a code point
    widths        uint8 (n,)     which of these
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


ENCODINGS = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}
"""By bytes a code point. Two bytes only where no code point needs more, so that offsets can be multiplied."""

_encode = msgspec.msgpack.Encoder().encode


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
    """The articles as a batch, in their order."""
    vocabulary = Vocabulary()
    found = vocabulary.number([text for article in articles for text in (article.title, article.text)])
    packed = [packed_article(article) for article in articles]
    batch = Batch(
        words=vocabulary.words,
        tokens=found.numbers,
        starts=found.starts,
        lengths=found.lengths,
        bounds=_bounds(found.counts.reshape(-1, 2).sum(axis=1)),
        title_tokens=found.counts[::2].astype(np.int32),
        days=np.array([day_number(article.published) for article in articles], dtype=np.int32),
        records=[article.record for article in packed],
        texts=[article.text for article in packed],
        widths=np.array([article.width for article in packed], dtype=np.uint8),
    )
    return _with_used_words(batch)


def join(batches: Sequence[Batch]) -> Batch:
    """One batch with the articles of all, in their order, and the words that they use."""
    numbers: dict[str, int] = {}
    maps = [np.array([numbers.setdefault(w, len(numbers)) for w in b.words], dtype=np.int32) for b in batches]
    joined = Batch(
        words=list(numbers),
        tokens=_concatenated([new[b.tokens] for new, b in zip(maps, batches, strict=True)], np.int32),
        starts=_concatenated([b.starts for b in batches], np.uint32),
        lengths=_concatenated([b.lengths for b in batches], np.uint16),
        bounds=_bounds(_concatenated([np.diff(b.bounds) for b in batches], np.int64)),
        title_tokens=_concatenated([b.title_tokens for b in batches], np.int32),
        days=_concatenated([b.days for b in batches], np.int32),
        records=[record for b in batches for record in b.records],
        texts=[text for b in batches for text in b.texts],
        widths=_concatenated([b.widths for b in batches], np.uint8),
    )
    return _with_used_words(joined)


def take(batch: Batch, rows: Sequence[int]) -> Batch:
    """A batch of some articles of another, in the order of `rows`, and of the words that they use."""
    if list(rows) == list(range(len(batch.records))):
        return batch
    chosen = np.array(rows, dtype=np.int64)
    bounds = _bounds(np.diff(batch.bounds)[chosen])
    tokens = np.arange(bounds[-1]) + np.repeat(batch.bounds[chosen] - bounds[:-1], np.diff(bounds))
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
    )
    return _with_used_words(taken)


def _with_used_words(batch: Batch) -> Batch:
    """The batch without words that none of its tokens has."""
    used = np.zeros(len(batch.words), dtype=bool)
    used[batch.tokens] = True
    new = (np.cumsum(used) - 1).astype(np.int32)
    words = [word for word, kept in zip(batch.words, used.tolist(), strict=True) if kept]
    return batch._replace(words=words, tokens=new[batch.tokens])


def _concatenated(parts: Iterable[np.ndarray], dtype: type[np.generic]) -> np.ndarray:
    listed = list(parts)
    return np.concatenate(listed).astype(dtype, copy=False) if listed else np.empty(0, dtype=dtype)


def _bounds(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    bounds = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=bounds[1:])
    return bounds
