"""A query asked of one article without an index: the real analysis and query language, and matching by plain loops."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kb.analysis import Analyzer, Tokens
from kb.characters import ENCODINGS
from kb.errors import QuerySyntaxError
from kb.model import Answer, Article, Snippet, Unit
from kb.occurrences import Occurrences
from kb.search.composer import Composer
from kb.search.evaluation.occurrences import READ_IN
from kb.search.snippets import show
from kb.search.staff_syntax import parse_staff_query
from kb.search.visitor_syntax import parse_visitor_query
from kb.sentences import HEADING, sentences
from kb.texts import PageTexts, SentenceRun

ANALYZER = Analyzer()
URL = "https://example.org/a"


def page_of(text: str, tokens: Tokens) -> PageTexts:
    """A text as the only one of a page."""
    numbers = {word: number for number, word in enumerate(dict.fromkeys(tokens.words))}
    words = np.array([numbers[word] for word in tokens.words], dtype=np.int32)
    width = next(width for width in ENCODINGS if ord(max(text, default="a")) < 256**width)
    content = np.frombuffer(text.encode(ENCODINGS[width], "surrogatepass"), dtype=np.uint8)
    rows = np.array(divided(text), dtype=np.int64).reshape(-1, 3).T
    starts, ends, kinds = (row.astype(dtype) for row, dtype in zip(rows, (np.uint32, np.uint32, np.uint8), strict=True))
    runs = np.array([(len(text), 0, width, 0, len(words), 0, len(starts))], dtype=np.int64)
    return PageTexts(runs, content, words, tokens.starts.astype(np.uint32), SentenceRun(starts, ends, kinds))


divided = lru_cache(maxsize=64)(sentences)


class Span(NamedTuple):
    """Where a unit stands in the title or the text: its offsets, and where the first word of it ends."""

    unit: int
    field: str
    begin: int
    end: int
    first_end: int


class Asked(NamedTuple):
    """What an engine returns for a query and one article, and what the checks need besides."""

    title: str
    text: str
    occurrences: list[Span]
    units: tuple[Unit, ...]
    weights: tuple[float, ...]
    tokens: Tokens
    """The tokens of the article's text."""

    @property
    def article(self) -> Article:
        return Article(id="a", title=self.title, text=self.text, url=URL)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.tokens.words)

    @property
    def answer(self) -> Answer:
        """What an engine returns."""
        return Answer(
            articles=(Article(id="a", title=self.title, text=""),),
            scores=(1.0,),
            total=1,
            occurrences=as_arrays(self.occurrences, self.text),
            texts=page_of(self.text, self.tokens),
            weights=self.weights,
        )

    def snippets(self, count: int, chars: int) -> tuple[Snippet, ...]:
        return show(self.answer, [URL], count, chars).snippets[0]

    def spans(self) -> dict[int, list[tuple[int, int]]]:
        """By unit, where it stands in the text, as offsets."""
        spans: dict[int, list[tuple[int, int]]] = {}
        for span in self.occurrences:
            if span.field == "body":
                spans.setdefault(span.unit, []).append((span.begin, span.end))
        return spans


class PlainLexicon:
    """The words of one article."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = sorted(set(words))

    def frequency(self, word: str) -> int:
        return self._words.count(word)

    def with_prefix(self, prefix: str, limit: int) -> tuple[tuple[str, ...], bool]:
        return self._first([word for word in self._words if word.startswith(prefix)], limit)

    def matching(self, pattern: str, limit: int) -> tuple[tuple[str, ...], bool]:
        return self._first([word for word in self._words if fnmatchcase(word, pattern)], limit)

    def near(self, word: str, edits: int, limit: int) -> tuple[tuple[str, ...], bool]:
        return self._first([other for other in self._words if other == word], limit)

    def _first(self, words: list[str], limit: int) -> tuple[tuple[str, ...], bool]:
        return tuple(words[:limit]), len(words) <= limit


def ask(
    text: str, query: str, *, title: str = "", typing: bool = False, staff: bool = False, weights: Sequence[float] = ()
) -> Asked:
    """The article with this text as found by a query; `weights` say how rare each unit is, 1 where there is none."""
    body = _tokens(text)
    units = _units(query, PlainLexicon(body.words), typing=typing, staff=staff)
    fields = {"title": ANALYZER.tokens(title), "body": body}
    rarity = [weights[i] if i < len(weights) else 1.0 for i in range(len(units))]
    return Asked(title, text, occurrences_in(units, fields), units, tuple(rarity), body)


@lru_cache(maxsize=64)
def _tokens(text: str) -> Tokens:
    return ANALYZER.tokens(text)


def _units(query: str, lexicon: PlainLexicon, *, typing: bool, staff: bool) -> tuple[Unit, ...]:
    composer = Composer(ANALYZER, lexicon, exact=False, expansions=50)
    if staff:
        try:
            return parse_staff_query(query, composer, ANALYZER, most_words=64).question.units
        except QuerySyntaxError:
            composer = Composer(ANALYZER, lexicon, exact=False, expansions=50)
    return parse_visitor_query(query, composer, ANALYZER, typing=typing).question.units


def occurrences_in(units: Sequence[Unit], fields: dict[str, Tokens]) -> list[Span]:
    """Where the units stand in the title and the text, by comparing every word."""
    found = []
    for number, unit in enumerate(units):
        for field in READ_IN[unit.field]:
            tokens = fields[field]
            forms = [ANALYZER.stem(word) for word in tokens.words] if unit.kind == "stem" else tokens.words
            for first, last in _spans(unit, forms):
                begin, end, first_end = tokens.starts[first], tokens.ends[last - 1], tokens.ends[first]
                found.append(Span(number, field, int(begin), int(end), int(first_end)))
    return found


def as_arrays(spans: Sequence[Span], text: str) -> Occurrences:
    """The same as an engine gives it."""
    ordered = sorted(spans, key=lambda span: (span.field == "body", span.begin, span.unit))
    headings = [(sentence.start, sentence.end) for sentence in divided(text) if sentence.kind & HEADING]
    rows = [
        (
            0,
            span.unit,
            span.field == "title",
            span.begin,
            span.end,
            span.first_end,
            False,
            span.field == "body" and any(first <= span.begin < last for first, last in headings),
        )
        for span in ordered
    ]
    return Occurrences(np.array(rows, dtype=np.int64).reshape(-1, 8))


def _spans(unit: Unit, forms: Sequence[str]) -> list[tuple[int, int]]:
    """Each place of the unit after the nearest one before it, at most `slop` tokens on."""
    spans = [(i, i + 1) for i, form in enumerate(forms) if form in unit.alternatives[0]]
    for terms in unit.alternatives[1:]:
        places = [i for i, form in enumerate(forms) if form in terms]
        ends = {end: begin for begin, end in spans}
        near = ((place, next((e for e in range(place, place - unit.slop, -1) if e in ends), None)) for place in places)
        spans = [(ends[end], place + 1) for place, end in near if end is not None]
    return spans
