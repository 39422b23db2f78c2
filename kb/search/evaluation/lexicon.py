"""The words of a generation, from the tries of its segments: no list of them is ever held."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from heapq import nsmallest

import numpy as np
from rapidfuzz.distance import OSA

from kb.indexing.columnar.segment import OpenSegment

Words = tuple[tuple[str, ...], bool]


class TrieLexicon:
    """The unstemmed words of titles and texts that an article that is not deleted has."""

    def __init__(self, segments: Sequence[OpenSegment]) -> None:
        self._segments = segments

    def frequency(self, word: str) -> int:
        """In how many articles the word stands."""
        return sum(_frequency(segment, word) for segment in self._segments)

    def with_prefix(self, prefix: str, limit: int) -> Words:
        """At most `limit` words that begin so, the most frequent first, and whether that is all of them."""
        return self._first(self._beginning(prefix), limit, lambda _: 0)

    def matching(self, pattern: str, limit: int) -> Words:
        """Likewise, words that fit a pattern of letters, `*` and `?`."""
        fits = re.compile(translate(pattern)).fullmatch
        leading = re.split(r"[*?]", pattern, maxsplit=1)[0]
        return self._first((word for word in self._beginning(leading) if fits(word)), limit, lambda _: 0)

    def near(self, word: str, edits: int, limit: int) -> Words:
        """Likewise, words with the same first letter at most `edits` edits away, the nearest first."""
        distances = {
            candidate: distance
            for candidate in self._beginning(word[:1])
            if (distance := OSA.distance(word, candidate, score_cutoff=edits)) <= edits
        }
        return self._first(distances, limit, distances.__getitem__)

    def _beginning(self, prefix: str) -> Iterator[str]:
        seen: set[str] = set()
        for segment in self._segments:
            for word in segment.words.iterkeys(prefix):
                if len(self._segments) == 1:
                    yield word
                elif word not in seen:
                    seen.add(word)
                    yield word

    def _first(self, words: Iterable[str], limit: int, distance: Callable[[str], int]) -> Words:
        found = [(distance(word), -count, word) for word in words if (count := self.frequency(word))]
        return tuple(word for *_, word in nsmallest(limit, found)), len(found) <= limit


def _frequency(segment: OpenSegment, word: str) -> int:
    number = segment.words.get(word)
    if number is None:
        return 0
    if segment.live is None:
        return int(segment.arrays["word_articles"][number])
    postings = segment.postings_of_word(word)
    begin, end = segment.posting_places[postings.start], segment.posting_places[postings.stop]
    tokens = segment.places[begin:end]
    owners = np.repeat(
        segment.posting_articles[postings], np.diff(segment.posting_places[postings.start : postings.stop + 1])
    )
    written = segment.arrays["tokens"][tokens] == number
    return len(np.unique(owners[written & segment.live[owners]]))
