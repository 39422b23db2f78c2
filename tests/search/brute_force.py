"""What a search should find, worked out article by article in plain Python.

Only three things are taken from Whoosh, because they belong to its codec and not to the question: which documents the
segments hold (deleted ones count for the rarity of a word until they are merged away), the lengths of fields, which
are kept in one byte each, and the average of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

from whoosh.index import open_dir
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.analysis import Analyzer
from kb.indexing.schema import day_number, read_article
from kb.model import Article, Question, Selection

K1, B = 1.5, 0.75
TEXT_FIELDS = ("title", "body", "title_word", "body_word")


@dataclass
class Document:
    article: Article
    deleted: bool
    positions: dict[str, dict[str, list[int]]]
    lengths: dict[str, int]


@dataclass
class Expected:
    """The ids and scores of a page, how many match in all, and the counts of facets."""

    ids: list[str]
    scores: list[float]
    total: int
    facets: dict[str, list[tuple[str, int]]]


class BruteForce:
    """Every document of a generation, in memory."""

    def __init__(self, generation: Path, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.documents: list[Document] = []
        searcher = open_dir(str(generation)).searcher()
        self._average = {field: searcher.avg_field_length(field) or 1 for field in TEXT_FIELDS}
        for leaf, _ in searcher.reader().leaf_readers():
            for number in range(leaf.doc_count_all()):
                found = read_article(leaf.stored_fields(number))
                lengths = {field: leaf.doc_field_length(number, field) for field in TEXT_FIELDS}
                self.documents.append(Document(found, leaf.is_deleted(number), self._positions(found), lengths))
        searcher.close()
        self.frequency: dict[tuple[str, str], int] = defaultdict(int)
        for document in self.documents:
            for field, terms in document.positions.items():
                for term in terms:
                    self.frequency[field, term] += 1

    def answer(self, question: Question, selection: Selection) -> Expected:
        matches = [
            (document.article, score)
            for document in self.documents
            if not document.deleted
            and (score := self._whole(question, document)) is not None
            and self._selected(document.article, selection)
        ]
        matches.sort(key=lambda match: (-round(match[1], 6), match[0].id))
        page = matches[selection.offset : selection.offset + selection.limit]
        return Expected(
            [found.id for found, _ in page],
            [score for _, score in page],
            len(matches),
            {field: self._counts(field, [found for found, _ in matches]) for field in selection.facets},
        )

    def words(self) -> dict[str, int]:
        """Every word of the articles that are there, and in how many titles or texts, whichever are more."""
        counts: dict[str, int] = {}
        for field in ("title_word", "body_word"):
            of_field: dict[str, int] = defaultdict(int)
            for document in self.documents:
                for word in () if document.deleted else document.positions[field]:
                    of_field[word] += 1
            for word, count in of_field.items():
                counts[word] = max(count, counts.get(word, 0))
        return counts

    def _positions(self, found: Article) -> dict[str, dict[str, list[int]]]:
        title, body = (self._analyzer.tokens(text).words for text in (found.title, found.text))
        stems = [[self._analyzer.stem(word) for word in words] for words in (title, body)]
        fields: dict[str, Iterable[str]] = {
            "title": stems[0],
            "body": stems[1],
            "title_word": title,
            "body_word": body,
            "title_key": [" ".join(stems[0])],
        }
        return {field: _places(terms) for field, terms in fields.items()}

    def _whole(self, question: Question, document: Document) -> float | None:
        """The score of a document; ranges of dates that every match must satisfy add nothing to it."""
        tree = question.tree
        parts = list(tree.subqueries) if isinstance(tree, And) else [tree]
        ranges = [part for part in parts if isinstance(part, NumericRange)]
        others = [part for part in parts if not isinstance(part, NumericRange)] or [Every()]
        if any(self._score(part, document) is None for part in ranges):
            return None
        if sum(self._score(part, document) is not None for part in question.optional) < question.minimum:
            return None
        return _sum_of_all([self._score(part, document) for part in others])

    def _score(self, tree: Any, document: Document) -> float | None:
        match tree:
            case Every():
                return 1.0
            case Not():
                return 0.0 if self._score(tree.query, document) is None else None
            case And():
                return _sum_of_all([self._score(part, document) for part in tree.subqueries])
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
        if field in ("site", "author", "tag", "language"):
            return float(self._names(field, document.article).count(term)) or None
        places = document.positions[field].get(term)
        if not places:
            return None
        return 1.0 if field == "title_key" else self._bm25(field, term, len(places), document.lengths[field])

    def _phrase(self, tree: Any, document: Document) -> float | None:
        places = [document.positions[tree.fieldname].get(word, []) for word in tree.words]
        ends = places[0]
        for place in places[1:]:
            ends = [end for end in place if any(1 <= end - before <= tree.slop for before in ends)]
        if not ends:
            return None
        return float(tree.boost) * sum(self._term(tree.fieldname, word, document) or 0.0 for word in tree.words)

    def _bm25(self, field: str, term: str, count: int, length: int) -> float:
        frequency = self.frequency[field, term]
        idf = log(1 + (len(self.documents) - frequency + 0.5) / (frequency + 0.5))
        return idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length / self._average[field]))

    def _selected(self, found: Article, selection: Selection) -> bool:
        day = day_number(found.published)
        if (selection.published_from or selection.published_to) and not day:
            return False
        if selection.published_from and day < day_number(selection.published_from):
            return False
        if selection.published_to and day > day_number(selection.published_to):
            return False
        return all(
            {self._analyzer.keyword(value) for value in values} & set(self._names(field, found))
            for field, values in selection.filters
        )

    def _names(self, field: str, found: Article) -> list[str]:
        return [self._analyzer.keyword(name) for name in _written(field, found)]

    def _counts(self, field: str, matches: list[Article]) -> list[tuple[str, int]]:
        counts: dict[str, int] = defaultdict(int)
        for found in matches:
            for name in set(_written(field, found)):
                counts[name] += 1
        return sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:100]


def _written(field: str, found: Article) -> list[str]:
    if field == "tag":
        return list(found.tags)
    if field == "year":
        return [str(int(found.published[:4]))] if found.published else []
    value = getattr(found, field)
    return [value] if value else []


def _places(terms: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for position, term in enumerate(terms):
        places.setdefault(term, []).append(position)
    return places


def _sum_of_all(scores: list[float | None]) -> float | None:
    return None if any(score is None for score in scores) else sum(score for score in scores if score is not None)
