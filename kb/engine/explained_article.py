"""One article of a segment, looked at by NumPy alone: lengths, names, positions of terms and phrases."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kb.deadline import NEVER, Deadline
from kb.ranking import length_norm
from kb.segments.postings import MOST_SLOP, TermReader
from kb.segments.schema import FIELDS, WORD_FIELDS

BLOCK = 1 << 18
"""Tokens or positions to look at between two looks at the deadline."""


class Neighbours(NamedTuple):
    """Pairs of occurrences next to each other: indexes of both terms, the earlier first, and the distance in tokens.

    int64, shape (n,) each.
    """

    terms: np.ndarray
    later_terms: np.ndarray
    distances: np.ndarray


class ExplainedArticle:
    """An article, by docid in a segment.

    Pairs are (of the title, of the text). Positions are indexes of tokens of the segment. A long article is looked at
    block by block; its methods raise DeadlinePassed between two blocks.
    """

    def __init__(self, reader: TermReader, docid: int, deadline: Deadline = NEVER) -> None:
        self._deadline = deadline
        self._reader = reader
        self._segment = reader.segment
        self._docid = docid
        inversion = reader.segment.inversion
        self._begin, self._end = (int(bound) for bound in inversion.bounds[docid : docid + 2])
        self._title_end = self._begin + int(inversion.title_tokens[docid])

    @property
    def lengths(self) -> tuple[int, int]:
        """Tokens of the title and of the text."""
        return self._title_end - self._begin, self._end - self._title_end

    @property
    def averages(self) -> tuple[float, float]:
        """Average tokens of titles and of texts, on the grid of the segment."""
        return self._reader.grid.averages

    @cached_property
    def norms(self) -> tuple[float, float]:
        """Length norms of BM25F."""
        (title, text), (title_average, text_average) = self.lengths, self.averages
        return length_norm(title, title_average), length_norm(text, text_average)

    @property
    def day(self) -> int:
        """Day of publication as `date.toordinal` counts; 0 if unknown."""
        return int(self._segment.arrays["days"][self._docid])

    def names(self, field: str) -> list[str]:
        """Keys (`Analyzer.keyword`) of the article's sites, authors, tags or languages."""
        names = self._reader.names[field]
        begin, end = names.column.bounds[self._docid : self._docid + 2]
        return [names.key(code) for code in names.column.codes[begin:end].tolist()]

    def is_titled(self, key: str) -> bool:
        """Whether the stems of the title, joined by spaces, are `key`."""
        return self._docid in self._segment.titled(key)

    def positions(self, field: str, term: str) -> np.ndarray:
        """Positions of a term of a text field, ascending: int32, shape (n,)."""
        positions = self._positions_of_stem(field, term)
        if field in WORD_FIELDS and len(positions):
            positions = self._of_word(positions, self._segment.words.get(term))
        in_title = int(positions.searchsorted(_position(self._title_end)))
        searched = FIELDS[field]
        return positions[0 if searched.in_title else in_title : None if searched.in_body else in_title]

    def _of_word(self, positions: np.ndarray, word: int | None) -> np.ndarray:
        """The positions of a word, given by id, among those of its stem; nothing is copied if all are."""
        tokens = self._segment.tokens
        count = sum(int(np.count_nonzero(tokens[block] == word)) for block in self._blocks(positions))
        if count == len(positions):
            return positions
        return _filled(count, (block[tokens[block] == word] for block in self._blocks(positions)))

    def _positions_of_stem(self, field: str, term: str) -> np.ndarray:
        """Positions of all words with the stem of a term, in title and text."""
        segment = self._segment
        postings = segment.postings_in(field, term)
        docids, positions = segment.inversion.docids, segment.inversion.positions
        posting = bisect_left(docids, self._docid, postings.start, postings.stop)
        if posting == postings.stop or docids[posting] != self._docid:
            return positions[:0]
        begin, end = segment.inversion.offsets[posting : posting + 2]
        return positions[begin:end]

    def word(self, position: int) -> str:
        """The word at a position, without case and accents."""
        word: str = self._segment.words.restore_key(int(self._segment.arrays["tokens"][position]))
        return word

    def frequencies(self, field: str, term: str) -> tuple[int, int]:
        """Occurrences of a term of a text field in the title and in the text."""
        positions = self.positions(field, term)
        in_title = int(positions.searchsorted(_position(self._title_end)))
        return in_title, len(positions) - in_title

    def has_phrase(self, field: str, words: Sequence[str], slop: int) -> bool:
        """Whether each word follows the one before within 1 to `slop` tokens, in the title or in the text."""
        ends = self.positions(field, words[0])
        # Invariant: `ends` are the positions, ascending, at which matches of the words so far end.
        for word in words[1:]:
            if not len(ends):
                return False
            positions = self.positions(field, word)
            ends = _filled(len(positions), self._following(ends, positions, min(slop, MOST_SLOP)))
        return len(ends) > 0

    def _following(self, before: np.ndarray, positions: np.ndarray, slop: int) -> Iterator[np.ndarray]:
        """The positions within 1 to `slop` tokens of the latest of the positions before, block by block."""
        for block in self._blocks(positions):
            following = before.searchsorted(block)
            latest = before[following - 1]
            is_near = (following > 0) & (block - latest <= slop)
            # No phrase reaches from the title into the text.
            yield block[is_near & ((latest < self._title_end) == (block < self._title_end))]

    def neighbours(self, terms: Sequence[str], window: int) -> Iterator[Neighbours]:
        """Pairs of neighbours, at most `window` tokens apart: occurrences of two stems with none of the stems between.

        Block by block of the article's tokens; the indexes are those of the terms.
        """
        positions = [self.positions("text", term) for term in terms]
        latest = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        for begin in range(self._begin, self._end, BLOCK):
            self._deadline.check()
            parts = [
                own[own.searchsorted(_position(begin)) : own.searchsorted(_position(begin + BLOCK))]
                for own in positions
            ]
            found = np.concatenate([latest[0], *parts]).astype(np.int64)
            owners = np.concatenate([latest[1], *(np.full(len(part), i) for i, part in enumerate(parts))])
            order = found.argsort(kind="stable")
            found, owners = found[order], owners[order]
            distances = np.diff(found)
            near = (owners[1:] != owners[:-1]) & (distances <= window)
            yield Neighbours(owners[:-1][near], owners[1:][near], distances[near])
            latest = found[-1:], owners[-1:]

    def _blocks(self, positions: np.ndarray) -> Iterator[np.ndarray]:
        """The positions block by block, with a look at the deadline before each."""
        for begin in range(0, len(positions), BLOCK):
            self._deadline.check()
            yield positions[begin : begin + BLOCK]


def _filled(most: int, blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Blocks of positions end to end, of at most so many positions together: int32."""
    filled, count = np.empty(most, dtype=np.int32), 0
    for block in blocks:
        filled[count : count + len(block)] = block
        count += len(block)
    return filled[:count]


def _position(position: int) -> np.int32:
    """A position of the type of the arrays: for any other, NumPy would copy an array to search in it."""
    return np.int32(position)
