"""An open segment: look-ups in its arrays, which stay on disk until they are used."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie
import msgspec
import numpy as np

from kb.article import Article
from kb.errors import IndexDamaged
from kb.segments.arrays import open_arrays
from kb.segments.batch import Batch, PackedArticle, article_of, take
from kb.segments.impacts import Grid, impacts_name
from kb.segments.layout import hash_of
from kb.text.characters import ENCODINGS
from kb.text.sentences import SentenceBatch, SentenceSpans

_NEWEST_ARRAY = "sorted_words"
# What the layout before the present one had not.


class Inversion(NamedTuple):
    """The inverted index of a segment: posting i is article `docids[i]` with the tokens
    `positions[offsets[i]:offsets[i + 1]]`; an article has the tokens `bounds[docid]:bounds[docid + 1]`, its title's first.

    docids int32 (p,), offsets int64 (p + 1,), positions int32 (t,), bounds int64 (d + 1,), title_tokens int32 (d,).
    """

    docids: np.ndarray
    offsets: np.ndarray
    positions: np.ndarray
    bounds: np.ndarray
    title_tokens: np.ndarray


class OpenSegment:
    """The articles of one segment, numbered from 0; `live` is None or says which are not deleted: bool, shape (d,)."""

    def __init__(self, folder: Path, name: str, grid: Grid | None, live: np.ndarray | None) -> None:
        self.name = name
        self.live = live
        self.arrays = open_arrays(folder / f"{name}.arrays")
        if _NEWEST_ARRAY not in self.arrays:
            raise IndexDamaged(f"{folder / name}.arrays was made by an older kb; make the index anew with: kb index")
        self.impacts = open_arrays(folder / impacts_name(name, grid))["impacts"] if grid else np.empty(0, np.float32)
        self.words = _mapped_trie(folder / f"{name}.words")
        self.stems = _mapped_trie(folder / f"{name}.stems")
        self.count = len(self.arrays["bounds"]) - 1
        self.inversion = Inversion(
            *(
                self.arrays[name]
                for name in ("posting_articles", "posting_offsets", "positions", "bounds", "title_tokens")
            )
        )
        self.tokens = self.arrays["tokens"]
        self.starts = self.arrays["starts"]
        self.texts = self.arrays["texts"]
        self.sentences = SentenceSpans(*(self.arrays[f"sentence_{name}"] for name in ("starts", "ends", "kinds")))
        self.id_ranks = self.arrays["id_ranks"]
        # Of these single elements and short runs are read, which is slow from arrays.
        self._texts, self._text_bounds, self._widths = self._views("texts", "text_bounds", "widths")
        self._hashes = dict(zip(("id", "title"), self._views("id_hashes", "title_hashes"), strict=True))
        self._stem_of_word, self._posting_bounds = self._views("stem_of_word", "posting_bounds")
        self._records, self._record_bounds, self._ids, self._id_bounds = self._views(
            "records", "record_bounds", "ids", "id_bounds"
        )

    def _views(self, *names: str) -> tuple[memoryview, ...]:
        return tuple(self.arrays[name].data for name in names)

    def postings(self, stem: str) -> slice:
        """The postings of a stem; an empty slice if no article has it."""
        return self._slice(self.stems.get(stem))

    def postings_of_word(self, word: str) -> slice:
        """The postings of the stem of a word as written; an empty slice if no article has the word."""
        number = self.words.get(word)
        return self._slice(None if number is None else self._stem_of_word[number])

    def _slice(self, stem: int | None) -> slice:
        if stem is None:
            return slice(0, 0)
        return slice(self._posting_bounds[stem], self._posting_bounds[stem + 1])

    def frequency(self, postings: slice) -> int:
        """How many articles that are not deleted the postings are of."""
        if self.live is None:
            return postings.stop - postings.start
        return int(np.count_nonzero(self.live[self.inversion.docids[postings]]))

    def article(self, number: int) -> Article:
        """An article without its text."""
        bounds = self._record_bounds
        return article_of(self._records[bounds[number] : bounds[number + 1]])

    def whole_article(self, number: int) -> Article:
        """An article with its text."""
        return msgspec.structs.replace(self.article(number), text=self.text(number))

    def packed(self, number: int) -> PackedArticle:
        """An article as its bytes stand in the file."""
        return PackedArticle(bytes(self._record(number)), bytes(self._text(number)), self._widths[number])

    def _record(self, number: int) -> memoryview:
        return self._records[self._record_bounds[number] : self._record_bounds[number + 1]]

    def id(self, number: int) -> str:
        return self.ids([number])[0]

    def ids(self, numbers: Iterable[int]) -> list[str]:
        """The ids of some articles."""
        content, bounds = self._ids, self._id_bounds
        return [str(content[bounds[n] : bounds[n + 1]], "utf-8", "surrogatepass") for n in numbers]

    def text(self, number: int) -> str:
        """The text of an article."""
        return str(self._text(number), ENCODINGS[self._widths[number]], "surrogatepass")

    def _text(self, number: int) -> memoryview:
        return self._texts[self._text_bounds[number] : self._text_bounds[number + 1]]

    def find(self, article_id: str) -> int | None:
        """The number of the article with this id that is not deleted."""
        for number in self.hashed("id", article_id):
            if self.id(number) == article_id and (self.live is None or self.live[number]):
                return number
        return None

    def titled(self, key: str) -> list[int]:
        """The articles whose title is this, as its stems joined by spaces."""
        return [number for number in self.hashed("title", key) if self._title_key(number) == key]

    def hashed(self, name: str, key: str) -> list[int]:
        """Articles whose id ("id") or title ("title") may be this one: those with its hash."""
        hashes = self._hashes[name]
        wanted = hash_of(key)
        first = last = bisect_left(hashes, wanted)
        while last < len(hashes) and hashes[last] == wanted:
            last += 1
        return self.arrays[f"{name}_order"][first:last].tolist() if first < last else []

    @cached_property
    def token_totals(self) -> tuple[int, int, int]:
        """Articles that are not deleted, and the tokens of their titles and of their texts."""
        in_title = self.inversion.title_tokens
        in_all = np.diff(self.inversion.bounds)
        if self.live is not None:
            in_title, in_all = in_title[self.live], in_all[self.live]
        title = int(in_title.sum(dtype=np.int64))
        return len(in_title), title, int(in_all.sum(dtype=np.int64)) - title

    @cached_property
    def token_columns(self) -> tuple[np.ndarray, ...]:
        """The arrays that say where the tokens of a posting are, as `positions_of` takes them."""
        arrays = self.arrays
        return (
            *self.inversion[:3],
            *(self.tokens, self.starts, arrays["lengths"], *self.inversion[3:]),
            *(arrays["sentence_bounds"], arrays["sentence_tokens"], self.sentences.kinds),
        )

    @cached_property
    def text_columns(self) -> tuple[np.ndarray, ...]:
        """The arrays that say where the texts are, as `stored_text` takes them."""
        arrays = self.arrays
        return arrays["text_bounds"], arrays["widths"], *self.inversion[3:], arrays["sentence_bounds"]

    def batch(self) -> Batch:
        """The articles that are not deleted, as they were before they became a segment."""
        packed = [self.packed(number) for number in range(self.count)]
        every = Batch(
            words=[self.words.restore_key(number) for number in range(len(self.words))],
            tokens=self.arrays["tokens"],
            starts=self.arrays["starts"],
            lengths=self.arrays["lengths"],
            bounds=self.inversion.bounds,
            title_tokens=self.inversion.title_tokens,
            days=self.arrays["days"],
            records=[article.record for article in packed],
            texts=[article.text for article in packed],
            widths=self.arrays["widths"],
            sentences=SentenceBatch(
                np.diff(self.arrays["sentence_bounds"]),
                *self.sentences,
            ),
        )
        return every if self.live is None else take(every, np.flatnonzero(self.live).tolist())

    def _title_key(self, number: int) -> str:
        begin = int(self.inversion.bounds[number])
        words = self.arrays["tokens"][begin : begin + int(self.inversion.title_tokens[number])]
        return " ".join([self.stems.restore_key(stem) for stem in self.arrays["stem_of_word"][words].tolist()])


def _mapped_trie(path: Path) -> Any:
    try:
        return marisa_trie.Trie().mmap(str(path))
    except RuntimeError as error:
        raise IndexDamaged(f"{path} cannot be opened: {error}") from error
