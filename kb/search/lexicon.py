"""The words of a generation: look-up by prefix, pattern and edit distance, most frequent first."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from fnmatch import translate
from functools import cached_property
from heapq import nlargest, nsmallest

from rapidfuzz.distance import OSA

from kb.search.ranking import WORD_FIELDS
from kb.search.readers import BorrowReader


class WhooshLexicon:
    """The unstemmed words of titles and texts in an open Whoosh index."""

    def __init__(self, borrow: BorrowReader) -> None:
        self._borrow = borrow

    def frequency(self, word: str) -> int:
        """In how many articles the word stands, in the title or in the text, whichever are more."""
        with self._borrow() as reader:
            return max(int(reader.doc_frequency(field, word)) for field in WORD_FIELDS)

    def with_prefix(self, prefix: str, limit: int) -> tuple[tuple[str, ...], bool]:
        return self._most_frequent(self._range(prefix), limit)

    def matching(self, pattern: str, limit: int) -> tuple[tuple[str, ...], bool]:
        leading = re.split(r"[*?]", pattern, maxsplit=1)[0]
        wanted = re.compile(translate(pattern))
        return self._most_frequent((word for word in self._range(leading) if wanted.fullmatch(word)), limit)

    def near(self, word: str, edits: int, limit: int) -> tuple[tuple[str, ...], bool]:
        distances = {
            candidate: distance
            for candidate in self._range(word[:1])
            if (distance := OSA.distance(word, candidate, score_cutoff=edits)) <= edits
        }
        nearest = nsmallest(limit, distances, key=lambda found: (distances[found], -self.frequency(found), found))
        return tuple(nearest), len(distances) <= limit

    def _most_frequent(self, words: Iterable[str], limit: int) -> tuple[tuple[str, ...], bool]:
        found = list(words)
        if len(found) > limit:
            return tuple(nlargest(limit, found, key=self.frequency)), False
        return tuple(sorted(found, key=lambda word: (-self.frequency(word), word))), True

    def _range(self, prefix: str) -> list[str]:
        words = self._words
        return words[bisect_left(words, prefix) : bisect_left(words, prefix + "\U0010ffff")]

    @cached_property
    def _words(self) -> list[str]:
        with self._borrow() as reader:
            return sorted({term.decode() for field in WORD_FIELDS for term in reader.lexicon(field)})
