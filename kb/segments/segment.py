"""An open segment: look-ups in mapped arrays; the disk is read on use."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import marisa_trie
import msgspec
import numpy as np

from kb.article import Article
from kb.errors import IndexDamaged
from kb.segments.arrays import Arrays, open_arrays
from kb.segments.batch import Batch, PackedArticle, article_of, take
from kb.segments.consistency import check_consistency
from kb.segments.impacts import Grid, impacts_name
from kb.segments.inversion import Inversion
from kb.segments.layout import hash_of
from kb.segments.schema import NAME_FIELDS, WORD_FIELDS
from kb.text.characters import ENCODINGS
from kb.text.sentences import SentenceBatch, SentenceSpans

Hashed: TypeAlias = Literal["id", "title"]
"""Key of an article in a hash column: the id, or the title as stems joined by spaces."""


class TokenColumns(NamedTuple):
    """The arrays from a posting to the offsets of its tokens and to headings, named and typed as in `layout.py`."""

    posting_docids: np.ndarray
    posting_offsets: np.ndarray
    positions: np.ndarray
    tokens: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    bounds: np.ndarray
    title_tokens: np.ndarray
    sentence_bounds: np.ndarray
    sentence_tokens: np.ndarray
    sentence_kinds: np.ndarray


class TextColumns(NamedTuple):
    """The arrays from an article to its text, tokens and sentences, named and typed as in `layout.py`."""

    text_bounds: np.ndarray
    widths: np.ndarray
    bounds: np.ndarray
    title_tokens: np.ndarray
    sentence_bounds: np.ndarray


class NameColumn(NamedTuple):
    """A name field: article i has the codes `codes[bounds[i]:bounds[i + 1]]`, a code is the index of a packed string.

    codes int32, bounds int64 (d + 1,), values uint8, value_bounds int64 (distinct names + 1,).
    """

    codes: np.ndarray
    bounds: np.ndarray
    values: np.ndarray
    value_bounds: np.ndarray


class _Packed(NamedTuple):
    """A column of bytes: article i has `content[bounds[i]:bounds[i + 1]]`; uint8 and int64, shape (d + 1,)."""

    content: memoryview
    bounds: memoryview

    def of(self, docid: int) -> memoryview:
        """The bytes of an article, not copied."""
        return self.content[self.bounds[docid] : self.bounds[docid + 1]]


class _Hashes(NamedTuple):
    """Hash column: the hashes of a key of each article, ascending, and their docids: uint64 and int32, shape (d,)."""

    hashes: memoryview
    order: memoryview

    def candidates(self, key: str) -> list[int]:
        """Docids that have the hash of the key."""
        wanted = hash_of(key)
        first = last = bisect_left(self.hashes, wanted)
        while last < len(self.hashes) and self.hashes[last] == wanted:
            last += 1
        return self.order[first:last].tolist()


class OpenSegment:
    """The articles of one segment; docids are 0 to `count - 1`.

    live  mask of the articles not deleted, bool (d,); None if none is deleted
    grid  names the file of impacts; None for a segment without that file yet

    Raises IndexDamaged for files that are missing, damaged or of another version.
    """

    def __init__(self, folder: Path, name: str, grid: Grid | None, live: np.ndarray | None) -> None:
        self.name = name
        self.live = live
        self.arrays = arrays = open_arrays(folder / f"{name}.arrays")
        check_consistency(folder / f"{name}.arrays", arrays)
        self.impacts = _impacts(folder / impacts_name(name, grid), arrays) if grid else np.empty(0, np.float32)
        self.words = _read_trie(folder / f"{name}.words")
        self.stems = _read_trie(folder / f"{name}.stems")
        self.count = len(arrays["bounds"]) - 1
        self.inversion = Inversion(
            *(arrays["posting_docids"], arrays["posting_offsets"], arrays["positions"]),
            *(arrays["bounds"], arrays["title_tokens"]),
        )
        self.sentences = SentenceSpans(*(arrays[f"sentence_{column}"] for column in ("starts", "ends", "kinds")))
        self.tokens = arrays["tokens"]
        self.id_ranks = arrays["id_ranks"]
        # Single elements are read through views: from arrays that is slow.
        self._ids = _Packed(arrays["ids"].data, arrays["id_bounds"].data)
        self._records = _Packed(arrays["records"].data, arrays["record_bounds"].data)
        self._texts = _Packed(arrays["texts"].data, arrays["text_bounds"].data)
        self._widths = arrays["widths"].data
        self._hashes = {
            key: _Hashes(arrays[f"{key}_hashes"].data, arrays[f"{key}_order"].data) for key in ("id", "title")
        }
        self._stem_of_word = arrays["stem_of_word"].data
        self._posting_bounds = arrays["posting_bounds"].data

    def postings(self, stem: str) -> slice:
        """Postings of a stem, as a slice of the arrays of the inversion; `slice(0, 0)` for an unknown stem."""
        return self._postings_of(self.stems.get(stem))

    def postings_of_word(self, word: str) -> slice:
        """Postings of the stem of a word as written; `slice(0, 0)` for an unknown word."""
        term_id = self.words.get(word)
        return self._postings_of(None if term_id is None else self._stem_of_word[term_id])

    def postings_in(self, field: str, term: str) -> slice:
        """Postings of the stem of a term of a text field; `slice(0, 0)` for an unknown term."""
        return self.postings_of_word(term) if field in WORD_FIELDS else self.postings(term)

    def word_in(self, field: str, term: str) -> int:
        """Id of the word that a term of a text field matches as written; -1 for any form, and for an unknown word."""
        return self.words.get(term, -1) if field in WORD_FIELDS else -1

    def _postings_of(self, stem: int | None) -> slice:
        if stem is None:
            return slice(0, 0)
        return slice(self._posting_bounds[stem], self._posting_bounds[stem + 1])

    def frequency(self, postings: slice) -> int:
        """Document frequency: the number of the postings in live articles."""
        if self.live is None:
            return postings.stop - postings.start
        return int(np.count_nonzero(self.live[self.inversion.docids[postings]]))

    def article(self, docid: int) -> Article:
        """An article without its text."""
        return article_of(self._records.of(docid))

    def whole_article(self, docid: int) -> Article:
        """An article with its text."""
        return msgspec.structs.replace(self.article(docid), text=self.text(docid))

    def packed(self, docid: int) -> PackedArticle:
        """An article in the bytes of the file."""
        return PackedArticle(bytes(self._records.of(docid)), bytes(self._texts.of(docid)), self._widths[docid])

    def id(self, docid: int) -> str:
        """The id of an article."""
        return self.ids([docid])[0]

    def ids(self, docids: Iterable[int]) -> list[str]:
        """The ids of articles, in the order given."""
        content, bounds = self._ids
        return [str(content[bounds[docid] : bounds[docid + 1]], "utf-8", "surrogatepass") for docid in docids]

    def text(self, docid: int) -> str:
        """The text of an article."""
        return str(self._texts.of(docid), ENCODINGS[self._widths[docid]], "surrogatepass")

    def find(self, article_id: str) -> int | None:
        """Docid of the article with this id, unless the article is deleted."""
        for docid in self.hashed("id", article_id):
            if self.id(docid) == article_id and (self.live is None or self.live[docid]):
                return docid
        return None

    def titled(self, key: str) -> list[int]:
        """Docids of the articles with this title, as stems joined by spaces; deleted articles included."""
        return [docid for docid in self.hashed("title", key) if self._title_key(docid) == key]

    def hashed(self, name: Hashed, key: str) -> list[int]:
        """Docids of the articles whose id or title has the hash of the key: candidates, to be compared."""
        return self._hashes[name].candidates(key)

    def published_within(self, docids: np.ndarray, first: int | None, last: int | None) -> np.ndarray:
        """Mask of the articles published from day `first` to day `last`: bool, shape (n,).

        Days are day numbers, None leaves a side open; an article without a day is in no range.
        """
        days = self.arrays["days"][docids]
        mask: np.ndarray = days >= max(1, first or 1)
        return mask if last is None else mask & (days <= last)

    @cached_property
    def token_totals(self) -> tuple[int, int, int]:
        """Articles not deleted, and the tokens of their titles and of their texts."""
        in_title = self.inversion.title_tokens
        in_all = np.diff(self.inversion.bounds)
        if self.live is not None:
            in_title, in_all = in_title[self.live], in_all[self.live]
        title = int(in_title.sum(dtype=np.int64))
        return len(in_title), title, int(in_all.sum(dtype=np.int64)) - title

    @cached_property
    def token_columns(self) -> TokenColumns:
        """The arrays that give the offsets of the tokens of a posting."""
        return TokenColumns(*(self.arrays[name] for name in TokenColumns._fields))

    @cached_property
    def text_columns(self) -> TextColumns:
        """The arrays that give the text of an article."""
        return TextColumns(*(self.arrays[name] for name in TextColumns._fields))

    @cached_property
    def name_columns(self) -> dict[str, NameColumn]:
        """The column of each name field."""
        return {
            field: NameColumn(*(self.arrays[f"{field}_{column}"] for column in NameColumn._fields))
            for field in NAME_FIELDS
        }

    def batch(self) -> Batch:
        """The articles not deleted, as the batch of a merge."""
        arrays = self.arrays
        packed = [self.packed(docid) for docid in range(self.count)]
        batch = Batch(
            words=[self.words.restore_key(term_id) for term_id in range(len(self.words))],
            tokens=self.tokens,
            starts=arrays["starts"],
            lengths=arrays["lengths"],
            bounds=self.inversion.bounds,
            title_tokens=self.inversion.title_tokens,
            days=arrays["days"],
            records=[article.record for article in packed],
            texts=[article.text for article in packed],
            widths=arrays["widths"],
            sentences=SentenceBatch(np.diff(arrays["sentence_bounds"]), *self.sentences),
        )
        return batch if self.live is None else take(batch, np.flatnonzero(self.live).tolist())

    def _title_key(self, docid: int) -> str:
        """The title of an article as stems joined by spaces."""
        begin = int(self.inversion.bounds[docid])
        words = self.tokens[begin : begin + int(self.inversion.title_tokens[docid])]
        return " ".join([self.stems.restore_key(stem) for stem in self.arrays["stem_of_word"][words].tolist()])


def _impacts(path: Path, arrays: Arrays) -> np.ndarray:
    """The impacts of a file: float32, one for each posting; raises IndexDamaged."""
    impacts = open_arrays(path).get("impacts", np.empty(0))
    if impacts.dtype != np.float32 or impacts.shape != arrays["posting_docids"].shape:
        raise IndexDamaged(f"{path} is damaged: it has no impact for each posting")
    return impacts


def _read_trie(path: Path) -> Any:
    """The trie of a file, in memory; raises IndexDamaged.

    Verify the file before. Not mapped: marisa trusts every byte, so a page that rots later would end the process.
    """
    try:
        return marisa_trie.Trie().frombytes(path.read_bytes())
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be opened: {error.strerror}") from error
    except RuntimeError as error:
        raise IndexDamaged(f"{path} cannot be opened: {error}") from error
