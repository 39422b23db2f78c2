"""A query asked of one article without an index: the real analysis and query language, and matching by plain loops."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kb.article import Article
from kb.deadline import NEVER, Deadline
from kb.engine.interface import Answer, Positions, QueryTerm
from kb.errors import QuerySyntaxError
from kb.query.staff import parse_staff_query
from kb.query.trees import TreeBuilder
from kb.query.visitor import parse_visitor_query
from kb.results import Snippet
from kb.segments.page_texts import PageTexts
from kb.segments.schema import FIELDS
from kb.snippets.page import show
from kb.text.characters import ENCODINGS
from kb.text.sentences import HEADING, SentenceSpans, sentences
from kb.text.tokens import Analyzer, Tokens

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
    return PageTexts(runs, content, words, tokens.starts.astype(np.uint32), SentenceSpans(starts, ends, kinds))


divided = lru_cache(maxsize=64)(sentences)


class Span(NamedTuple):
    """Where a query_term stands in the title or the text: its offsets, and where the first word of it ends."""

    query_term: int
    field: str
    begin: int
    end: int
    first_end: int


class Asked(NamedTuple):
    """What an engine returns for a query and one article, and what the checks need besides."""

    title: str
    text: str
    occurrences: list[Span]
    query_terms: tuple[QueryTerm, ...]
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
            positions=as_arrays(self.occurrences, self.text),
            texts=page_of(self.text, self.tokens),
            weights=self.weights,
        )

    def snippets(self, count: int, chars: int) -> tuple[Snippet, ...]:
        return show(self.answer, count, chars).snippets[0]

    def spans(self) -> dict[int, list[tuple[int, int]]]:
        """By query_term, where it stands in the text, as offsets."""
        spans: dict[int, list[tuple[int, int]]] = {}
        for span in self.occurrences:
            if span.field == "body":
                spans.setdefault(span.query_term, []).append((span.begin, span.end))
        return spans


class PlainDictionary:
    """The words of one article."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = sorted(set(words))

    def frequency(self, word: str) -> int:
        return self._words.count(word)

    def with_prefix(self, prefix: str, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        return self._first([word for word in self._words if word.startswith(prefix)], limit)

    def matching(self, pattern: str, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        return self._first([word for word in self._words if fnmatchcase(word, pattern)], limit)

    def near(self, word: str, edits: int, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        return self._first([other for other in self._words if other == word], limit)

    def _first(self, words: list[str], limit: int) -> tuple[tuple[str, ...], bool]:
        return tuple(words[:limit]), len(words) <= limit


def ask(
    text: str, query: str, *, title: str = "", typing: bool = False, staff: bool = False, weights: Sequence[float] = ()
) -> Asked:
    """The article with this text as found by a query; `weights` say how rare each term is, 1 where there is none."""
    body = _tokens(text)
    query_terms = _units(query, PlainDictionary(body.words), typing=typing, staff=staff)
    fields = {"title": ANALYZER.tokens(title), "body": body}
    rarity = [weights[i] if i < len(weights) else 1.0 for i in range(len(query_terms))]
    return Asked(title, text, occurrences_in(query_terms, fields), query_terms, tuple(rarity), body)


@lru_cache(maxsize=64)
def _tokens(text: str) -> Tokens:
    return ANALYZER.tokens(text)


def _units(query: str, dictionary: PlainDictionary, *, typing: bool, staff: bool) -> tuple[QueryTerm, ...]:
    builder = TreeBuilder(ANALYZER, dictionary, exact=False, expansions=50)
    if staff:
        try:
            return parse_staff_query(query, builder, ANALYZER, most_words=64).question.query_terms
        except QuerySyntaxError:
            builder = TreeBuilder(ANALYZER, dictionary, exact=False, expansions=50)
    return parse_visitor_query(query, builder, ANALYZER, typing=typing).question.query_terms


def occurrences_in(query_terms: Sequence[QueryTerm], fields: dict[str, Tokens]) -> list[Span]:
    """Where the query_terms stand in the title and the text, by comparing every word."""
    found = []
    for number, query_term in enumerate(query_terms):
        for field in FIELDS[query_term.field].parts:
            tokens = fields[field]
            forms = [ANALYZER.stem(word) for word in tokens.words] if query_term.kind == "stem" else tokens.words
            for first, last in _spans(query_term, forms):
                begin, end, first_end = tokens.starts[first], tokens.ends[last - 1], tokens.ends[first]
                found.append(Span(number, field, int(begin), int(end), int(first_end)))
    return found


def as_arrays(spans: Sequence[Span], text: str) -> Positions:
    """The same as an engine gives it."""
    ordered = sorted(spans, key=lambda span: (span.field == "body", span.begin, span.query_term))
    headings = [(sentence.start, sentence.end) for sentence in divided(text) if sentence.kind & HEADING]
    rows = [
        (
            0,
            span.query_term,
            span.field == "title",
            span.begin,
            span.end,
            span.first_end,
            False,
            span.field == "body" and any(first <= span.begin < last for first, last in headings),
        )
        for span in ordered
    ]
    return Positions(np.array(rows, dtype=np.int64).reshape(-1, 8))


def _spans(query_term: QueryTerm, forms: Sequence[str]) -> list[tuple[int, int]]:
    """Each position of the query_term after the nearest one before it, at most `slop` tokens on."""
    spans = [(i, i + 1) for i, form in enumerate(forms) if form in query_term.alternatives[0]]
    for terms in query_term.alternatives[1:]:
        positions = [i for i, form in enumerate(forms) if form in terms]
        ends = {end: begin for begin, end in spans}
        near = (
            (position, next((e for e in range(position, position - query_term.slop, -1) if e in ends), None))
            for position in positions
        )
        spans = [(ends[end], position + 1) for position, end in near if end is not None]
    return spans
