"""A query asked of one article without an index: the real analysis and query language, and matching by plain loops."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from kb.analysis import Analyzer, Tokens
from kb.errors import QuerySyntaxError
from kb.model import Article, Found, Occurrence, Snippet, Unit
from kb.search.composer import Composer
from kb.search.evaluation.occurrences import READ_IN
from kb.search.snippets import make_snippets
from kb.search.staff_syntax import parse_staff_query
from kb.search.visitor_syntax import parse_visitor_query

ANALYZER = Analyzer()
URL = "https://example.org/a"


class Asked(NamedTuple):
    """What an engine returns for a query and one article, and what the checks need besides."""

    found: Found
    units: tuple[Unit, ...]
    weights: tuple[float, ...]
    tokens: Tokens
    """The tokens of the article's text."""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.tokens.words)

    @property
    def text(self) -> str:
        return self.found.article.text

    def snippets(self, count: int, chars: int) -> tuple[Snippet, ...]:
        return make_snippets(self.found, self.weights, URL, count, chars)

    def spans(self) -> dict[int, list[tuple[int, int]]]:
        """By unit, where it stands in the text, as offsets."""
        spans: dict[int, list[tuple[int, int]]] = {}
        for occurrence in self.found.occurrences:
            if occurrence.field == "body":
                spans[occurrence.unit] = list(zip(occurrence.begins, occurrence.ends, strict=True))
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
    found = Found(
        Article(id="a", title=title, text=text, url=URL),
        1.0,
        tuple(occurrences_in(units, fields)),
    )
    rarity = [weights[i] if i < len(weights) else 1.0 for i in range(len(units))]
    return Asked(found, units, tuple(rarity), body)


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


def occurrences_in(units: Sequence[Unit], fields: dict[str, Tokens]) -> list[Occurrence]:
    """Where the units stand in the title and the text, by comparing every word."""
    found = []
    for number, unit in enumerate(units):
        for field in READ_IN[unit.field]:
            tokens = fields[field]
            forms = [ANALYZER.stem(word) for word in tokens.words] if unit.kind == "stem" else tokens.words
            if spans := _spans(unit, forms):
                begins = [int(tokens.starts[first]) for first, _ in spans]
                ends = [int(tokens.ends[last - 1]) for _, last in spans]
                first_ends = [int(tokens.ends[first]) for first, _ in spans]
                found.append(Occurrence(number, field, begins, ends, first_ends))
    return found


def _spans(unit: Unit, forms: Sequence[str]) -> list[tuple[int, int]]:
    """Each place of the unit after the nearest one before it, at most `slop` tokens on."""
    spans = [(i, i + 1) for i, form in enumerate(forms) if form in unit.alternatives[0]]
    for terms in unit.alternatives[1:]:
        places = [i for i, form in enumerate(forms) if form in terms]
        ends = {end: begin for begin, end in spans}
        near = ((place, next((e for e in range(place, place - unit.slop, -1) if e in ends), None)) for place in places)
        spans = [(ends[end], place + 1) for place, end in near if end is not None]
    return spans
