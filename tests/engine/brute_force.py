"""What a search should find, worked out article by article in plain Python: no arrays, no index, nothing of Whoosh's
but the names of the nodes of a tree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from math import log, log2
from typing import Any

from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.article import Article
from kb.days import day_number
from kb.deadline import NEVER, Deadline
from kb.engine.interface import Question, Selection
from kb.text.tokens import Analyzer

TITLE, BODY = "title", "body"
NAMES = ("site", "author", "tag", "language")
FIELDS = {"text": (TITLE, BODY), "title": (TITLE,), "body": (BODY,)}
"""Where the words of a field stand."""
GAP = 10_000
"""Between the last word of a title and the first of a text, as far as phrases are concerned."""


@dataclass
class Document:
    article: Article
    words: dict[str, list[str]]
    stems: dict[str, list[str]]

    def positions(self, field: str, term: str) -> dict[str, list[int]]:
        """Where a term of a text field stands in the title and in the text."""
        as_written = "word" in field
        part = field.removesuffix("_word") if field != "word" else "text"
        listed = self.words if as_written else self.stems
        return {name: [n for n, word in enumerate(listed[name]) if word == term] for name in FIELDS[part]}


@dataclass
class Expected:
    """The scores of all matching articles by id, and the counts of facets."""

    scores: dict[str, float]
    facets: dict[str, list[tuple[str, int]]]


class BruteForce:
    """Articles in memory."""

    def __init__(self, articles: Iterable[Article], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.documents = [self._document(article) for article in articles]
        self._average = {part: self._rounded_average(part) for part in (TITLE, BODY)}
        self._frequency: dict[tuple[str, str], int] = {}

    def answer(self, question: Question, selection: Selection) -> Expected:
        matches = {
            document.article.id: (score, document.article)
            for document in self.documents
            if (score := self._whole(question, document)) is not None and self._selected(document.article, selection)
        }
        articles = [article for _, article in matches.values()]
        return Expected(
            {article_id: score for article_id, (score, _) in matches.items()},
            {field: self._counts(field, articles) for field in selection.facets},
        )

    def _document(self, article: Article) -> Document:
        words = {TITLE: self._analyzer.tokens(article.title).words, BODY: self._analyzer.tokens(article.text).words}
        return Document(article, words, {part: [*map(self._analyzer.stem, listed)] for part, listed in words.items()})

    def _rounded_average(self, part: str) -> float:
        """The average length, rounded to a sixteenth of an octave."""
        tokens = sum(len(document.words[part]) for document in self.documents)
        return 2.0 ** (round(16 * log2(max(tokens, 1) / max(len(self.documents), 1))) / 16)

    def _whole(self, question: Question, document: Document) -> float | None:
        has = [self._score(part, document) is not None for part in question.optional]
        if question.minimum and sum(has) < question.minimum:
            return None
        if question.optional and not question.minimum:
            weights = [self._clause_weight(part) for part in question.optional]
            if sum(weight for weight, present in zip(weights, has, strict=True) if present) < max(1, *weights):
                return None
        score = self._score(question.tree, document)
        return None if score is None else score + self._nearness(question.near, document)

    def _clause_weight(self, tree: Any) -> int:
        """How much an article that has this tells, in 65,536ths."""
        if all(self._score(tree, document) is None for document in self.documents):
            return 0
        return max(1, round(65_536 * self._weight(tree)))

    def _weight(self, tree: Any) -> float:
        match tree:
            case Term():
                return self.idf(tree.fieldname, tree.text)
            case Phrase():
                return sum(self.idf(tree.fieldname, word) for word in tree.words)
        return min((self._weight(part) for part in tree.subqueries), default=0.0)

    def _nearness(self, stems: Sequence[str], document: Document) -> float:
        """What the stems add by standing near each other, by the definition."""
        idf = {stem: self.idf("text", stem) for stem in stems if any(self._occurs(stem))}
        norm = 1.5 * (0.25 + 0.75 * len(document.stems[BODY]) / self._average[BODY])
        near = dict.fromkeys(idf, 0.0)
        seen = [(p, s) for p, s in enumerate(document.stems[TITLE] + document.stems[BODY]) if s in near]
        for (position, one), (further, other) in pairwise(seen):
            if one != other and further - position <= 20:
                near[one] += idf[other] / (further - position)
                near[other] += idf[one] / (further - position)
        return sum(0.75 * min(1.0, idf[stem]) * x / (x + norm) for stem, x in near.items()) if len(idf) > 1 else 0.0

    def _occurs(self, stem: str) -> Iterator[bool]:
        return (any(document.positions("text", stem).values()) for document in self.documents)

    def _score(self, tree: Any, document: Document) -> float | None:
        match tree:
            case Every():
                return 1.0
            case Not():
                return 0.0 if self._score(tree.query, document) is None else None
            case And():
                return _sum_of_all([self._score(part, document) for part in tree.subqueries] or [1.0])
            case Or():
                scores = [score for part in tree.subqueries if (score := self._score(part, document)) is not None]
                return sum(scores) if scores else None
            case NumericRange():
                day = day_number(document.article.published)
                return 1.0 if day >= tree.start and (tree.end is None or day <= tree.end) else None
            case Phrase():
                return self._phrase(tree, document)
            case Term():
                score = self._term(tree.fieldname, tree.text, document)
                return None if score is None else score * tree.boost
        raise TypeError(tree)

    def _term(self, field: str, term: str, document: Document) -> float | None:
        if field in NAMES:
            return 1.0 if term in self._names(field, document.article) else None
        if field == "title_key":
            return 1.0 if " ".join(document.stems[TITLE]) == term else None
        weight = sum(
            (3.0 if part == TITLE else 1.0)
            * len(positions)
            / (0.25 + 0.75 * len(document.words[part]) / self._average[part])
            for part, positions in document.positions(field, term).items()
        )
        return self.idf(field, term) * weight / (1.5 + weight) if weight else None

    def idf(self, field: str, term: str) -> float:
        if (field, term) not in self._frequency:
            self._frequency[field, term] = sum(any(d.positions(field, term).values()) for d in self.documents)
        frequency = self._frequency[field, term]
        return log(1 + (len(self.documents) - frequency + 0.5) / (frequency + 0.5))

    def _phrase(self, tree: Any, document: Document) -> float | None:
        positions = [
            [position + GAP * (part == BODY) for part, listed in occurrences.items() for position in listed]
            for occurrences in (document.positions(tree.fieldname, word) for word in tree.words)
        ]
        ends = positions[0]
        for position in positions[1:]:
            ends = [end for end in position if any(1 <= end - before <= tree.slop for before in ends)]
        if not ends:
            return None
        return float(tree.boost) * sum(self._term(tree.fieldname, word, document) or 0.0 for word in tree.words)

    def _selected(self, article: Article, selection: Selection) -> bool:
        day = day_number(article.published)
        if (selection.published_from or selection.published_to) and not day:
            return False
        if selection.published_from and day < day_number(selection.published_from):
            return False
        if selection.published_to and day > day_number(selection.published_to):
            return False
        return all(
            {self._analyzer.keyword(value) for value in values} & set(self._names(field, article))
            for field, values in selection.filters
        )

    def _names(self, field: str, article: Article) -> list[str]:
        return [self._analyzer.keyword(name) for name in _written(field, article)]

    def _counts(self, field: str, matches: list[Article]) -> list[tuple[str, int]]:
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for article in matches:
            first = {self._analyzer.keyword(name): name for name in reversed(_written(field, article))}
            for key, name in first.items():
                spellings[key][name] += 1
        rows = [
            (sorted(counter, key=lambda name: (-counter[name], name))[0], counter) for counter in spellings.values()
        ]
        return sorted(((name, sum(counter.values())) for name, counter in rows), key=lambda row: (-row[1], row[0]))[
            :100
        ]


class PlainDictionary:
    """The words of some documents, each looked at for every question."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.known: dict[str, int] = defaultdict(int)
        for document in documents:
            for word in {*document.words[TITLE], *document.words[BODY]}:
                self.known[word] += 1

    def frequency(self, word: str) -> int:
        return self.known.get(word, 0)

    def with_prefix(self, prefix: str, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        return self._first(lambda word: 0 if word.startswith(prefix) else None, limit)

    def matching(self, pattern: str, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        return self._first(lambda word: 0 if fnmatchcase(word, pattern) else None, limit)

    def near(self, word: str, edits: int, limit: int, deadline: Deadline = NEVER) -> tuple[tuple[str, ...], bool]:
        def distance(other: str) -> int | None:
            edited = edit_distance(word, other)
            return edited if edited <= edits and other[0] == word[0] else None

        return self._first(distance, limit)

    def _first(self, distance: Callable[[str], int | None], limit: int) -> tuple[tuple[str, ...], bool]:
        rows = sorted((d, -count, word) for word, count in self.known.items() if (d := distance(word)) is not None)
        return tuple(word for _, _, word in rows[:limit]), len(rows) <= limit


def edit_distance(a: str, b: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours, by the textbook."""
    rows = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            replaced = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def _written(field: str, article: Article) -> list[str]:
    if field == "tag":
        return list(article.tags)
    if field == "year":
        return [str(int(article.published[:4]))] if article.published else []
    value = getattr(article, field)
    return [value] if value else []


def _sum_of_all(scores: Sequence[float | None]) -> float | None:
    return None if any(score is None for score in scores) else sum(score for score in scores if score is not None)
