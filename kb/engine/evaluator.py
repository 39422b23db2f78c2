"""Evaluation of query trees on the segments of a generation; scores do not depend on the spread over segments.

The first pass looks up every term on all segments, for the idf; the second combines clauses on each segment alone.
Every kind of node of the query language has a method here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from operator import is_
from typing import Any

import numpy as np
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.deadline import Deadline, DeadlinePassed
from kb.engine.interface import QueryTerm, Question, Tree
from kb.engine.matches import NOTHING, Clause, Matches, difference
from kb.engine.phrases import articles_with_phrase
from kb.engine.proximity import Proximity
from kb.engine.terms import TermEntry, Terms
from kb.engine.topk import TopK, top_k_of_matches, top_k_of_union
from kb.engine.union import at_least, clauses_of
from kb.ranking import clause_weight


class Evaluator:
    """Evaluator of the trees of one question, with a cache of terms and clauses."""

    def __init__(self, terms: Terms, deadline: Deadline, question: Question) -> None:
        self._question = question
        self._terms = terms
        self._segments = terms.segments
        self.deadline = deadline
        self._entries: dict[tuple[str, str], TermEntry] = {}
        self._optional: tuple[int, list[int]] | None = None
        self._composed: dict[tuple[int, int], tuple[Any, Clause]] = {}

    def rarity(self, query_term: QueryTerm) -> tuple[float, bool]:
        """The idf of a query term, and whether each slot has a term that occurs in an article.

        The idf of a slot is the lowest among the alternatives; the idf of a phrase is the sum over the slots. What is
        not known at the deadline counts as 0 and as known.
        """
        with suppress(DeadlinePassed):
            return self._rarity(query_term)
        return 0.0, True

    def _rarity(self, query_term: QueryTerm) -> tuple[float, bool]:
        weight, known = 0.0, True
        for alternatives in query_term.alternatives:
            entries = [self._find(query_term.field, term) for term in alternatives]
            weight += min([entry.idf for entry in entries], default=0.0)
            known = known and any(entry.frequency for entry in entries)
        return weight, known

    def matches(self, tree: Tree, segment: int) -> Matches:
        """The matches of a tree on a segment, given by index; raises DeadlinePassed."""
        self.deadline.check()
        evaluate = _EVALUATIONS.get(type(tree))
        if evaluate is None:
            raise TypeError(f"no evaluation for {type(tree).__name__}")
        return evaluate(self, tree, segment)

    def top_k(self, tree: Tree, segment: int, k: int) -> TopK:
        """The k best articles of a segment for a tree; raises DeadlinePassed."""
        proximity = self.proximity(segment)
        if type(tree) is not Or or len(proximity.long_articles):
            return top_k_of_matches(self.matches(tree, segment), k, proximity, self.deadline)
        clauses = clauses_of(*self._disjunction(tree, segment), self._segments[segment].segment)
        return top_k_of_union(clauses, k, proximity) if clauses else TopK(0, *NOTHING)

    def proximity(self, segment: int) -> Proximity:
        """The terms of the question with a proximity bonus, on a segment; raises DeadlinePassed."""
        self.deadline.check()
        clauses = [self._terms.stem(stem).clauses[segment] for stem in self._question.near]
        return Proximity(self._segments[segment], clauses)

    def _find(self, field: str, term: str) -> TermEntry:
        if field == "text":
            # Most terms are of this field, and the entries of stems have a cache of their own.
            return self._terms.stem(term)
        entry = self._entries.get((field, term))
        if entry is None:
            entry = self._entries[field, term] = self._terms.find(field, term, self.deadline)
        return entry

    def _clause(self, tree: Any, segment: int) -> Clause:
        """A tree as a clause of a larger tree."""
        if type(tree) is Term:
            clause = self._find(tree.fieldname, tree.text).clauses[segment]
            return clause if tree.boost == 1 else clause._replace(boost=clause.boost * tree.boost)
        # Cached: weights of optional clauses depend on the matches on all segments before the first is evaluated.
        key = id(tree), segment
        if key not in self._composed:
            # The tree is kept alive, so that no later tree can get the same id.
            self._composed[key] = tree, Clause.of(self.matches(tree, segment))
        return self._composed[key][1]

    def _at_least(self, minimum: int, clauses: list[Clause], segment: int) -> Matches:
        return at_least(minimum, clauses, [1] * len(clauses), self._segments[segment].segment)

    def _term(self, tree: Any, segment: int) -> Matches:
        return self._at_least(1, [self._clause(tree, segment)], segment)

    def _phrase(self, tree: Any, segment: int) -> Matches:
        clauses = [self._clause(Term(tree.fieldname, word, boost=tree.boost), segment) for word in tree.words]
        if not all(clause.end > clause.begin for clause in clauses):
            return NOTHING
        docids = articles_with_phrase(self._segments[segment], tree.fieldname, tree.words, tree.slop, self.deadline)
        # Only articles with the phrase match; their scores are those of its words.
        clauses.append(Clause.of(Matches(docids, np.zeros(len(docids), dtype=np.float32))))
        return self._at_least(len(clauses), clauses, segment)

    def _and(self, tree: Any, segment: int) -> Matches:
        required = [part for part in tree.subqueries if not isinstance(part, Not)] or [Every()]
        matches = self._at_least(len(required), [self._clause(part, segment) for part in required], segment)
        for part in tree.subqueries:
            if isinstance(part, Not):
                matches = difference(matches, self.matches(part.query, segment).docids)
        return matches

    def _or(self, tree: Any, segment: int) -> Matches:
        return at_least(*self._disjunction(tree, segment), self._segments[segment].segment)

    def _disjunction(self, tree: Any, segment: int) -> tuple[int, list[Clause], list[int]]:
        """Minimum weight of a match, clauses of a disjunction, and weights of the clauses.

        A disjunction that begins with the optional clauses of the question has their weights and minimum, and weight 0
        for the rest of the clauses. Any other disjunction matches by a single clause.
        """
        clauses = [self._clause(part, segment) for part in tree.subqueries]
        optional = self._question.optional
        if not optional or len(clauses) < len(optional) or not all(map(is_, optional, tree.subqueries)):
            return 1, clauses, [1] * len(clauses)
        min_weight, weights = self._optional or self._weigh_optional()
        return min_weight, clauses, weights + [0] * (len(clauses) - len(optional))

    def _weigh_optional(self) -> tuple[int, list[int]]:
        """Minimum weight of a match, and weights of the optional clauses; kept for further segments."""
        question = self._question
        if question.minimum:
            self._optional = question.minimum, [1] * len(question.optional)
        else:
            weights = [self._weight(tree) for tree in question.optional]
            self._optional = max([1, *weights]), weights
        return self._optional

    def _weight(self, tree: Any) -> int:
        """Weight of an optional clause by idf; 0 without matches on any segment."""
        if type(tree) is Term:
            return self._find(tree.fieldname, tree.text).weight
        if any(self._clause(tree, segment).end for segment in range(len(self._segments))):
            return clause_weight(self._idf(tree))
        return 0

    def _idf(self, tree: Any) -> float:
        """idf of a subtree: sum over a phrase, minimum over alternatives."""
        if type(tree) is Term:
            return self._find(tree.fieldname, tree.text).idf
        if type(tree) is Phrase:
            return sum([self._find(tree.fieldname, word).idf for word in tree.words])
        return min([self._idf(part) for part in tree.subqueries], default=0.0)

    def _not(self, tree: Any, segment: int) -> Matches:
        rest = difference(self._all(segment), self.matches(tree.query, segment).docids)
        return Matches(rest.docids, np.zeros(len(rest.docids), dtype=np.float32))

    def _every(self, tree: Any, segment: int) -> Matches:
        return self._all(segment)

    def _range(self, tree: Any, segment: int) -> Matches:
        everything = self._all(segment)
        mask = self._segments[segment].segment.published_within(everything.docids, tree.start, tree.end)
        return Matches(everything.docids[mask], everything.scores[mask])

    def _all(self, segment: int) -> Matches:
        """All live articles of a segment, with score 1."""
        opened = self._segments[segment].segment
        docids = np.arange(opened.count, dtype=np.int32)
        if opened.live is not None:
            docids = docids[opened.live]
        return Matches(docids, np.ones(len(docids), dtype=np.float32))


_EVALUATIONS: dict[type, Callable[[Evaluator, Any, int], Matches]] = {
    Term: Evaluator._term,
    Phrase: Evaluator._phrase,
    And: Evaluator._and,
    Or: Evaluator._or,
    Not: Evaluator._not,
    Every: Evaluator._every,
    NumericRange: Evaluator._range,
}
