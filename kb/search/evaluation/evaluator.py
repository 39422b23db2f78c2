"""Query trees on the segments of a generation: the same scores however the articles are spread over segments.

Two passes: the first finds the leaves on every segment, and with them how rare each term is; the second combines them
on each segment by itself. Every kind of node that the query language makes has one function here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.indexing.columnar.leaves import MOST_SLOP, TEXT_FIELDS, Leaf, Places, SegmentLeaves
from kb.model import Question, Tree
from kb.search.evaluation.matches import NOTHING, Matches, Part, at_least, difference, with_bonus
from kb.search.evaluation.occurrences import chain
from kb.search.ranking import idf

_ONE = np.float32(1)


class DeadlinePassed(Exception):
    """The time allowed for a search ran out."""


class Evaluator:
    """Evaluates the trees of one question on some segments; keeps the leaves it has found."""

    def __init__(
        self, segments: Sequence[SegmentLeaves], articles: int, deadline: float, question: Question | None = None
    ) -> None:
        """`articles`: how many there are in all that are not deleted; `deadline` in `time.monotonic()` seconds.

        With a question, a disjunction of its optional parts matches where enough of them do.
        """
        self._optional = question.optional if question and question.minimum > 1 else ()
        self._minimum = question.minimum if question else 1
        self._segments = segments
        self._articles = articles
        self._deadline = deadline
        self._leaves: dict[tuple[str, str], list[Leaf]] = {}
        self._weights: dict[tuple[str, str], float] = {}

    def rarity(self, field: str, term: str) -> float:
        """The idf of a term; 1 in fields whose terms are not weighed."""
        if field not in TEXT_FIELDS:
            return 1.0
        key = (field, term)
        if key not in self._weights:
            self._weights[key] = idf(self._articles, sum(len(leaf.articles) for leaf in self._found(key)))
        return self._weights[key]

    def matches(self, tree: Tree, segment: int) -> Matches:
        """The articles of one segment that match a tree, and their scores; raises DeadlinePassed."""
        if time.monotonic() > self._deadline:
            raise DeadlinePassed
        evaluate = _EVALUATIONS.get(type(tree))
        if evaluate is None:
            raise TypeError(f"no evaluation for {type(tree).__name__}")
        return evaluate(self, tree, segment)

    def _found(self, key: tuple[str, str]) -> list[Leaf]:
        if key not in self._leaves:
            self._leaves[key] = [segment.term(*key) for segment in self._segments]
        return self._leaves[key]

    def _part(self, tree: Any, segment: int) -> Part:
        """A tree as a part of a larger one: its scores are multiplied only where they are used."""
        if time.monotonic() > self._deadline:
            raise DeadlinePassed
        if type(tree) is Term:
            key = (tree.fieldname, tree.text)
            articles, impacts = self._found(key)[segment]
            return Part(articles, impacts, np.float32(tree.boost * self.rarity(*key)))
        return Part(*self.matches(tree, segment), _ONE)

    def _term(self, tree: Any, segment: int) -> Matches:
        articles, impacts, weight = self._part(tree, segment)
        return Matches(articles, impacts * weight)

    def _phrase(self, tree: Any, segment: int) -> Matches:
        terms = [self._part(Term(tree.fieldname, word, boost=tree.boost), segment) for word in tree.words]
        if not all(len(term.articles) for term in terms):
            return NOTHING
        articles = articles_with_phrase(self._segments[segment], tree.fieldname, tree.words, tree.slop)
        where = Part(articles, np.zeros(len(articles), dtype=np.float32), _ONE)
        return self._at_least([*terms, where], len(terms) + 1, segment)

    def _and(self, tree: Any, segment: int) -> Matches:
        wanted = [part for part in tree.subqueries if not isinstance(part, Not)] or [Every()]
        found = self._at_least([self._part(part, segment) for part in wanted], len(wanted), segment)
        for part in tree.subqueries:
            if isinstance(part, Not):
                found = difference(found, self.matches(part.query, segment).articles)
        return found

    def _or(self, tree: Any, segment: int) -> Matches:
        parts = [self._part(part, segment) for part in tree.subqueries]
        optional = len(self._optional)
        if not optional or not all(map(is_, self._optional, tree.subqueries)):
            return self._at_least(parts, 1, segment)
        enough = self._at_least(parts[:optional], self._minimum, segment)
        for articles, scores, weight in parts[optional:]:
            if len(articles):
                enough = with_bonus(enough, Matches(articles, scores * weight))
        return enough

    def _at_least(self, parts: Sequence[Part], minimum: int, segment: int) -> Matches:
        return at_least(parts, minimum, self._segments[segment].segment.count)

    def _not(self, tree: Any, segment: int) -> Matches:
        everything = self._all(segment)
        rest = difference(everything, self.matches(tree.query, segment).articles)
        return Matches(rest.articles, np.zeros(len(rest.articles), dtype=np.float32))

    def _every(self, tree: Any, segment: int) -> Matches:
        return self._all(segment)

    def _range(self, tree: Any, segment: int) -> Matches:
        days = self._segments[segment].segment.arrays["days"]
        everything = self._all(segment)
        last = np.iinfo(np.int32).max if tree.end is None else tree.end
        kept = (days >= (tree.start or 1)) & (days <= last)
        kept = kept[everything.articles]
        return Matches(everything.articles[kept], everything.scores[kept])

    def _all(self, segment: int) -> Matches:
        opened = self._segments[segment].segment
        articles = np.arange(opened.count, dtype=np.int32) if opened.live is None else np.flatnonzero(opened.live)
        return Matches(articles, np.ones(len(articles), dtype=np.float32))


def articles_with_phrase(leaves: SegmentLeaves, field: str, terms: Sequence[str], slop: int) -> np.ndarray:
    """The articles in which the terms stand one after the other, ascending: int32."""
    places = [leaves.places(field, term) for term in terms]
    common = places[0].articles
    for other in places[1:]:
        common = common[np.isin(common, other.articles)]
    chosen = []
    for place in places:
        kept = np.isin(place.articles, common)
        chosen.append(Places(place.tokens[kept], place.articles[kept]))
    spaced = [leaves.spaced(place) for place in chosen]
    starts, _ = chain(spaced, min(slop, MOST_SLOP))
    return np.unique(chosen[0].articles[np.searchsorted(spaced[0], starts)])


_EVALUATIONS: dict[type, Callable[[Evaluator, Any, int], Matches]] = {
    Term: Evaluator._term,
    Phrase: Evaluator._phrase,
    And: Evaluator._and,
    Or: Evaluator._or,
    Not: Evaluator._not,
    Every: Evaluator._every,
    NumericRange: Evaluator._range,
}
