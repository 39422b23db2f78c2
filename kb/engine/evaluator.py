"""Query trees on the segments of a generation: the same scores however the articles are spread over segments.

Two passes: the first finds the reader on every segment, and with them how rare each term is; the second combines them
on each segment by itself. Every kind of node that the query language makes has one function here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.engine.interface import QueryTerm, Question, Tree
from kb.engine.matches import NOTHING, Clause, Matches, difference
from kb.engine.phrases import articles_with_phrase
from kb.engine.proximity import Proximity
from kb.engine.terms import FoundTerm, Terms
from kb.engine.union import arranged, enough_of
from kb.ranking import mass_of


class DeadlinePassed(Exception):
    """The time allowed for a search ran out."""


class Evaluator:
    """Evaluates the trees of one question on some segments; keeps the reader it has found."""

    def __init__(self, terms: Terms, deadline: float, question: Question) -> None:
        """`deadline` in `time.monotonic()` seconds.

        A disjunction of the question's optional parts matches where enough of them do.
        """
        self._question = question
        self._index = terms
        self._segments = terms.segments
        self._deadline = deadline
        self._terms: dict[tuple[str, str], FoundTerm] = {}
        self._composed: dict[tuple[int, int], tuple[Any, Clause]] = {}
        self._masses: tuple[list[int], int] | None = None

    def rarity(self, query_term: QueryTerm) -> tuple[float, bool]:
        """The idf of a query_term's words, and whether some article has a word for each of its places.

        It is that of the most frequent of alternatives, added up for a phrase.
        """
        weight, known = 0.0, True
        for terms in query_term.alternatives:
            found = [self._found(query_term.field, term) for term in terms]
            weight += min([term.weight for term in found], default=0.0)
            known = known and any(term.frequency for term in found)
        return weight, known

    def matches(self, tree: Tree, segment: int) -> Matches:
        """The articles of one segment that match a tree, and their scores; raises DeadlinePassed."""
        self._keep_to_time()
        evaluate = _EVALUATIONS.get(type(tree))
        if evaluate is None:
            raise TypeError(f"no evaluation for {type(tree).__name__}")
        return evaluate(self, tree, segment)

    def _found(self, field: str, term: str) -> FoundTerm:
        if field == "text":
            return self._index.stem(term)
        found = self._terms.get((field, term))
        if found is None:
            found = self._terms[field, term] = self._index.find(field, term)
        return found

    def _part(self, tree: Any, segment: int) -> Clause:
        """A tree as a part of a larger one: its scores are multiplied only where they are used."""
        if type(tree) is Term:
            part = self._found(tree.fieldname, tree.text).parts[segment]
            return part if tree.boost == 1 else Clause(part.begin, part.end, part.weight * tree.boost, part.matches)
        # What an optional part counts is asked of all segments before it is needed on one.
        key = id(tree), segment
        if key not in self._composed:
            # With the tree, so that no other one can come to have its id.
            self._composed[key] = tree, Clause.of(self.matches(tree, segment))
        return self._composed[key][1]

    def _enough_of(self, parts: Sequence[Clause], masses: Sequence[int], needed: int, segment: int) -> Matches:
        return enough_of(parts, masses, needed, self._segments[segment].segment)

    def _term(self, tree: Any, segment: int) -> Matches:
        return self._enough_of([self._part(tree, segment)], [1], 1, segment)

    def _phrase(self, tree: Any, segment: int) -> Matches:
        parts = [self._part(Term(tree.fieldname, word, boost=tree.boost), segment) for word in tree.words]
        if not all(part.end > part.begin for part in parts):
            return NOTHING
        articles = articles_with_phrase(self._segments[segment], tree.fieldname, tree.words, tree.slop)
        parts.append(Clause.of(Matches(articles, np.zeros(len(articles), dtype=np.float32))))
        return self._enough_of(parts, [1] * len(parts), len(parts), segment)

    def _and(self, tree: Any, segment: int) -> Matches:
        wanted = [part for part in tree.subqueries if not isinstance(part, Not)] or [Every()]
        found = self._at_least(wanted, len(wanted), segment)
        for part in tree.subqueries:
            if isinstance(part, Not):
                found = difference(found, self.matches(part.query, segment).articles)
        return found

    def _or(self, tree: Any, segment: int) -> Matches:
        return self._enough_of(*self._parts(tree, segment), segment)

    def _parts(self, tree: Any, segment: int) -> tuple[list[Clause], list[int], int]:
        """The parts of a disjunction, what each counts, and how much is enough."""
        parts = [self._part(part, segment) for part in tree.subqueries]
        optional = self._question.optional
        if not optional or len(parts) < len(optional) or not all(map(is_, optional, tree.subqueries)):
            return parts, [1] * len(parts), 1
        masses, needed = self._masses or self._found_masses()
        return parts, masses + [0] * (len(parts) - len(optional)), needed

    def _at_least(self, trees: Sequence[Any], needed: int, segment: int) -> Matches:
        return self._enough_of([self._part(tree, segment) for tree in trees], [1] * len(trees), needed, segment)

    def _found_masses(self) -> tuple[list[int], int]:
        """What each optional part counts, and how much is enough; what no article has counts nothing."""
        question = self._question
        if question.minimum:
            self._masses = [1] * len(question.optional), question.minimum
        else:
            masses = [self._mass(tree) for tree in question.optional]
            self._masses = masses, max([1, *masses])
        return self._masses

    def _mass(self, tree: Any) -> int:
        if type(tree) is Term:
            return self._found(tree.fieldname, tree.text).mass
        if any(self._part(tree, segment).end for segment in range(len(self._segments))):
            return mass_of(self._weight(tree))
        return 0

    def _weight(self, tree: Any) -> float:
        """How much an article that has this tells: of alternatives the least that a term has that is found at all."""
        if type(tree) is Term:
            return self._found(tree.fieldname, tree.text).weight
        if type(tree) is Phrase:
            return sum([self._found(tree.fieldname, word).weight for word in tree.words])
        return min([self._weight(part) for part in tree.subqueries], default=0.0)

    def best(self, tree: Tree, segment: int, wanted: int) -> tuple[int, np.ndarray, np.ndarray]:
        """How many articles of a segment match a tree, and the `wanted` best of them, as `Proximity.best` gives them.

        Raises DeadlinePassed.
        """
        near = self.near_words(segment)
        if type(tree) is not Or:
            articles, scores = self.matches(tree, segment)
            return len(articles), *near.best(articles, scores, wanted)
        parts = arranged(*self._parts(tree, segment), self._segments[segment].segment)
        return near.best_of(parts, wanted) if parts else (0, *NOTHING)

    def near_words(self, segment: int) -> Proximity:
        """The words of the question that may stand near each other, in a segment; raises DeadlinePassed."""
        self._keep_to_time()
        stem = self._index.stem
        return Proximity(self._segments[segment], [stem(word).parts[segment] for word in self._question.near])

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
        articles = np.arange(opened.count, dtype=np.int32)
        if opened.live is not None:
            articles = articles[opened.live]
        return Matches(articles, np.ones(len(articles), dtype=np.float32))


_EVALUATIONS: dict[type, Callable[[Evaluator, Any, int], Matches]] = {
    Term: Evaluator._term,
    Phrase: Evaluator._phrase,
    And: Evaluator._and,
    Or: Evaluator._or,
    Not: Evaluator._not,
    Every: Evaluator._every,
    NumericRange: Evaluator._range,
}
