"""One article of a segment in plain Python: lengths, names, positions of terms and phrases."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from kb.ranking import length_norm
from kb.segments.postings import FIELD_GAP, MOST_SLOP, TermReader
from kb.segments.schema import FIELDS, WORD_FIELDS


class ExplainedArticle:
    """An article, by docid in a segment.

    Pairs are (of the title, of the text). Positions are indexes of tokens of the segment.
    """

    def __init__(self, reader: TermReader, docid: int) -> None:
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
        column, keys = self._segment.name_columns[field], self._reader.name_keys[field]
        begin, end = column.bounds[self._docid : self._docid + 2]
        return [keys[code] for code in column.codes[begin:end].tolist()]

    def is_titled(self, key: str) -> bool:
        """Whether the stems of the title, joined by spaces, are `key`."""
        return self._docid in self._segment.titled(key)

    def positions(self, field: str, term: str) -> list[int]:
        """Positions of a term of a text field, ascending."""
        segment = self._segment
        as_written = field in WORD_FIELDS
        postings = segment.postings_of_word(term) if as_written else segment.postings(term)
        docids = segment.inversion.docids
        posting = bisect_left(docids, self._docid, postings.start, postings.stop)
        if posting == postings.stop or docids[posting] != self._docid:
            return []
        begin, end = segment.inversion.offsets[posting : posting + 2]
        positions: list[int] = segment.inversion.positions[begin:end].tolist()
        if as_written:
            word = segment.words.get(term)
            positions = [position for position in positions if segment.arrays["tokens"][position] == word]
        return [position for position in positions if self._part(position) in FIELDS[field].parts]

    def word(self, position: int) -> str:
        """The word at a position, without case and accents."""
        word: str = self._segment.words.restore_key(int(self._segment.arrays["tokens"][position]))
        return word

    def frequencies(self, field: str, term: str) -> tuple[int, int]:
        """Occurrences of a term of a text field in the title and in the text."""
        parts = [self._part(position) for position in self.positions(field, term)]
        return parts.count("title"), parts.count("body")

    def has_phrase(self, field: str, words: Sequence[str], slop: int) -> bool:
        """Whether each word follows the one before within 1 to `slop` tokens, in the title or in the text."""
        ends = self._spaced(field, words[0])
        # Invariant: `ends` are the positions, ascending, at which matches of the words so far end.
        for word in words[1:]:
            before, ends = ends, []
            for position in self._spaced(field, word):
                following = bisect_left(before, position)
                if following and position - before[following - 1] <= min(slop, MOST_SLOP):
                    ends.append(position)
        return bool(ends)

    def _spaced(self, field: str, term: str) -> list[int]:
        """Positions of a term, with a gap between title and text that no phrase can cross."""
        return [position + FIELD_GAP * (position >= self._title_end) for position in self.positions(field, term)]

    def _part(self, position: int) -> str:
        return "title" if position < self._title_end else "body"
