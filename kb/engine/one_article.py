"""One article of a segment, looked at by itself in plain Python: where terms stand in it, and what else it has."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from kb.ranking import B
from kb.segments.postings import FIELD_GAP, MOST_SLOP, TermReader
from kb.segments.schema import WORD_FIELDS


class ExplainedArticle:
    """An article, by its number in a segment; pairs are of its title and its text."""

    def __init__(self, reader: TermReader, number: int) -> None:
        self._reader = reader
        self._segment = reader.segment
        self._number = number
        self._first_of_text = int(self._segment.inversion.bounds[number]) + int(
            self._segment.inversion.title_tokens[number]
        )

    @cached_property
    def lengths(self) -> tuple[int, int]:
        """Tokens of the title and of the text."""
        first, last = (int(bound) for bound in self._segment.inversion.bounds[self._number : self._number + 2])
        return self._first_of_text - first, last - self._first_of_text

    @property
    def averages(self) -> tuple[float, float]:
        """What the lengths are compared with."""
        return self._reader.grid.averages

    @cached_property
    def norms(self) -> tuple[float, float]:
        """What frequencies are divided by."""
        title, text = (1 - B + B * own / average for own, average in zip(self.lengths, self.averages, strict=True))
        return title, text

    @property
    def day(self) -> int:
        """The number of the day it was published, 0 if that is not known."""
        return int(self._segment.arrays["days"][self._number])

    def names(self, field: str) -> list[str]:
        """Its sites, authors, tags or languages as they are compared."""
        arrays = self._segment.arrays
        begin, end = arrays[f"{field}_bounds"][self._number : self._number + 2]
        return [self._reader.name_keys[field][code] for code in arrays[f"{field}_codes"][begin:end].tolist()]

    def is_titled(self, key: str) -> bool:
        """Whether these are the stems of its title."""
        return self._number in self._segment.titled(key)

    def tokens(self, field: str, term: str) -> list[int]:
        """The tokens of the segment at which a term of a text field stands in this article, ascending."""
        segment = self._segment
        as_written = field in WORD_FIELDS
        postings = segment.postings_of_word(term) if as_written else segment.postings(term)
        owners = segment.inversion.docids
        posting = bisect_left(owners, self._number, postings.start, postings.stop)
        if posting == postings.stop or owners[posting] != self._number:
            return []
        begin, end = segment.inversion.offsets[posting : posting + 2]
        tokens: list[int] = segment.inversion.positions[begin:end].tolist()
        if as_written:
            word = segment.words.get(term)
            tokens = [token for token in tokens if segment.arrays["tokens"][token] == word]
        if field.startswith(("title", "body")):
            tokens = [token for token in tokens if (token < self._first_of_text) == field.startswith("title")]
        return tokens

    def word(self, token: int) -> str:
        """The word at a token, as written but for case and accents."""
        word: str = self._segment.words.restore_key(int(self._segment.arrays["tokens"][token]))
        return word

    def frequencies(self, field: str, term: str) -> tuple[int, int]:
        """How often a term of a text field stands in the title and in the text."""
        tokens = self.tokens(field, term)
        in_title = sum(token < self._first_of_text for token in tokens)
        return in_title, len(tokens) - in_title

    def has_phrase(self, field: str, words: list[str], slop: int) -> bool:
        """Whether each word stands 1 to `slop` tokens after the one before it, somewhere in the title or the text."""
        ends = self._spaced(field, words[0])
        for word in words[1:]:
            followed, ends = ends, []
            for place in self._spaced(field, word):
                before = bisect_left(followed, place)
                if before and place - followed[before - 1] <= min(slop, MOST_SLOP):
                    ends.append(place)
        return bool(ends)

    def _spaced(self, field: str, term: str) -> list[int]:
        """The tokens of a term, with room between the title and the text, so that no phrase reaches across."""
        return [token + FIELD_GAP * (token >= self._first_of_text) for token in self.tokens(field, term)]
