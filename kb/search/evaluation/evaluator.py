"""Query trees on the segments of a generation: the same scores however the articles are spread over segments.

Two passes: the first finds the leaves on every segment, and with them how rare each term is; the second combines them
on each segment by itself. Every kind of node that the query language makes has one function here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from operator import is_
from typing import Any

import numpy as np
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.indexing.columnar.leaves import MOST_SLOP, Places, SegmentLeaves
from kb.model import Question, Tree, Unit
from kb.search.evaluation.matches import NOTHING, Matches, Part, difference, enough_of, with_bonus
from kb.search.evaluation.nearness import AT_ONCE, MOST_WORDS, highest, nearness
from kb.search.evaluation.occurrences import chain
from kb.search.evaluation.terms import FoundTerm, Terms
from kb.search.ranking import MASSES

_ONE = np.ones(1, dtype=np.float32)


class DeadlinePassed(Exception):
    """The time allowed for a search ran out."""


class Evaluator:
    """Evaluates the trees of one question on some segments; keeps the leaves it has found."""

    def __init__(self, terms: Terms, deadline: float, question: Question) -> None:
        """`deadline` in `time.monotonic()` seconds.

        A disjunction of the question's optional parts matches where enough of them do.
        """
        self._question = question
        self._index = terms
        self._segments = terms.segments
        self._deadline = deadline
        self._terms: dict[tuple[str, str], FoundTerm] = {}

    def rarity(self, field: str, term: str) -> float:
        """The idf of a term; 1 in fields whose terms are not weighed."""
        return self._found((field, term)).weight

    def knows(self, unit: Unit) -> bool:
        """Whether some article has a word for each place of a unit."""
        return all(any(self._is_found(unit.field, term) for term in terms) for terms in unit.alternatives)

    def matches(self, tree: Tree, segment: int) -> Matches:
        """The articles of one segment that match a tree, and their scores; raises DeadlinePassed."""
        self._keep_to_time()
        evaluate = _EVALUATIONS.get(type(tree))
        if evaluate is None:
            raise TypeError(f"no evaluation for {type(tree).__name__}")
        return evaluate(self, tree, segment)

    def _found(self, key: tuple[str, str]) -> FoundTerm:
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self._index.find(*key)
        return found

    def _part(self, tree: Any, segment: int) -> Part:
        """A tree as a part of a larger one: its scores are multiplied only where they are used."""
        if type(tree) is Term:
            found = self._found((tree.fieldname, tree.text))
            part = found.parts[segment]
            return part if tree.boost == 1 else part._replace(weight=part.weight * np.float32(tree.boost))
        return Part(*self.matches(tree, segment), _ONE)

    def _term(self, tree: Any, segment: int) -> Matches:
        articles, impacts, weight, _ = self._part(tree, segment)
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
        optional = self._question.optional
        if not optional or len(tree.subqueries) < len(optional) or not all(map(is_, optional, tree.subqueries)):
            return self._at_least([self._part(part, segment) for part in tree.subqueries], 1, segment)
        enough = self._enough(segment)
        for part in tree.subqueries[len(optional) :]:
            enough = with_bonus(enough, self._part(part, segment))
        return enough

    def _enough(self, segment: int) -> Matches:
        """Where enough of the optional parts match."""
        question = self._question
        if question.minimum:
            parts = [self._part(part, segment) for part in question.optional]
            return self._at_least(parts, question.minimum, segment)
        weighed = self._weighed[segment]
        return self._at_least(weighed, max(1, *(part.mass for part in weighed)), segment)

    @cached_property
    def _weighed(self) -> list[list[Part]]:
        """The optional parts on every segment; the mass of one that no article has is 0."""
        trees = self._question.optional
        found = [[self._part(tree, segment) for tree in trees] for segment in range(len(self._segments))]
        masses = [
            round(MASSES * self._weight(tree)) if any(len(parts[n].articles) for parts in found) else 0
            for n, tree in enumerate(trees)
        ]
        return [[Part(*part[:3], mass) for part, mass in zip(parts, masses, strict=True)] for parts in found]

    def _weight(self, tree: Any) -> float:
        """How much an article that has this tells: of alternatives the least that a term has that is found at all."""
        if type(tree) is Term:
            return self.rarity(tree.fieldname, tree.text)
        if type(tree) is Phrase:
            return sum([self.rarity(tree.fieldname, word) for word in tree.words])
        return min([self._weight(part) for part in tree.subqueries], default=0.0)

    def _at_least(self, parts: Sequence[Part], needed: int, segment: int) -> Matches:
        return enough_of(parts, needed, self._segments[segment].segment.count)

    def most_nearness(self) -> float:
        """More than the words of the question can add by standing near each other; 0 if there are no two."""
        weights = [self.rarity(*key) for key in self._near]
        return highest(weights) if len(weights) > 1 else 0.0

    def nearness(self, segment: int, articles: np.ndarray) -> np.ndarray:
        """What they add to the scores of articles of a segment, ascending: float64, shape (n,).

        Raises DeadlinePassed.
        """
        leaves = self._segments[segment]
        words = [(leaves.segment.postings(term), self.rarity(field, term)) for field, term in self._near]
        words = [(postings, weight) for postings, weight in words if postings.start < postings.stop]
        bonus = np.zeros(len(articles))
        for begin in range(0, len(articles) if len(words) > 1 else 0, AT_ONCE):
            self._keep_to_time()
            bonus[begin : begin + AT_ONCE] = nearness(leaves, words, articles[begin : begin + AT_ONCE])
        return bonus

    @cached_property
    def _near(self) -> list[tuple[str, str]]:
        """The words that may stand near each other, as terms, as far as any article has them."""
        keys = [("text", stem) for stem in self._question.near[:MOST_WORDS]]
        return [key for key in keys if self._is_found(*key)]

    def _is_found(self, field: str, term: str) -> bool:
        return self._found((field, term)).frequency > 0

    def _keep_to_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise DeadlinePassed

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
