"""Running a query tree through Whoosh's searcher the only way that is exact: every match, no shortcuts, a deadline.

Whoosh's default top-N shortcuts miss true top hits, so nothing is ever skipped by "quality" here. Its matchers can also
work for a long time between two matches; every leaf therefore looks at the clock once in a while.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from whoosh.collectors import Collector
from whoosh.matching import WrappingMatcher
from whoosh.query import And, Not, Or, Phrase, SpanNear2, Term

from kb.model import Tree

CLOCK_EVERY = 512
"""Postings between two looks at the clock: well under a millisecond of Whoosh's work."""


class DeadlinePassed(Exception):
    """The time allowed for a search ran out; what was collected before stays good."""


class Deadline:
    """A moment in `time.monotonic()` seconds, looked at once in `CLOCK_EVERY` calls."""

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._calls = 0

    def check(self) -> None:
        """Raises DeadlinePassed once the moment has passed."""
        self._calls += 1
        if self._calls % CLOCK_EVERY == 0 and time.monotonic() > self._moment:
            raise DeadlinePassed


class Gathering(Collector):
    """Collects the numbers of all matching documents, and their scores where asked for."""

    def __init__(self, deadline: Deadline, *, scored: bool = True) -> None:
        super().__init__()
        self._deadline = deadline
        self._scored = scored
        self._documents: list[int] = []
        self._scores: list[float] = []

    def collect_matches(self) -> None:
        matcher, offset = self.matcher, self.offset
        check = self._deadline.check
        while matcher.is_active():
            check()
            document = matcher.id() + offset
            if self._scored:
                self._scores.append(matcher.score())
            self._documents.append(document)
            matcher.next()

    def finish(self) -> None:
        """Nothing to close: Whoosh would time the run and build its own results here."""

    def results(self) -> tuple[np.ndarray, np.ndarray]:
        """Documents, int64, ascending, and their scores, float64 (ones where none were asked for); shapes (n,)."""
        documents = np.array(self._documents, dtype=np.int64)
        if not self._scored:
            return documents, np.ones(len(documents))
        return documents, np.array(self._scores[: len(documents)], dtype=np.float64)


def gather(
    searcher: Any, tree: Tree, deadline: Deadline, *, scored: bool = True
) -> tuple[np.ndarray, np.ndarray, bool]:
    """All documents that match a tree with their scores, as `Gathering.results`, and whether the time was enough."""
    collector = Gathering(deadline, scored=scored)
    try:
        searcher.search_with_collector(timed(tree, deadline), collector)
    except DeadlinePassed:
        return *collector.results(), False
    return *collector.results(), True


def timed(tree: Tree, deadline: Deadline) -> Tree:
    """The same tree with leaves that look at the clock."""
    if isinstance(tree, Term):
        return _TimedTerm(tree.fieldname, tree.text, tree.boost, deadline)
    if isinstance(tree, Phrase):
        return _TimedPhrase(tree, deadline)
    if isinstance(tree, Not):
        return Not(timed(tree.query, deadline), boost=tree.boost)
    if isinstance(tree, And | Or):
        return type(tree)([timed(part, deadline) for part in tree.subqueries], boost=tree.boost)
    return tree


class _TimedTerm(Term):
    def __init__(self, fieldname: str, text: str, boost: float, deadline: Deadline) -> None:
        super().__init__(fieldname, text, boost=boost)
        self._deadline = deadline

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return _TimedMatcher(super().matcher(searcher, context), self._deadline)


class _TimedPhrase(Phrase):
    def __init__(self, phrase: Phrase, deadline: Deadline) -> None:
        super().__init__(phrase.fieldname, phrase.words, slop=phrase.slop, boost=phrase.boost)
        self._deadline = deadline

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        terms = [_TimedTerm(self.fieldname, word, 1.0, self._deadline) for word in self.words]
        matcher = SpanNear2(terms, slop=self.slop, ordered=True, mindist=1).matcher(searcher, context)
        return WrappingMatcher(matcher, boost=self.boost)


class _TimedMatcher(WrappingMatcher):
    def __init__(self, child: Any, deadline: Deadline) -> None:
        super().__init__(child)
        self._deadline = deadline

    def _replacement(self, newchild: Any) -> Any:
        return type(self)(newchild, self._deadline)

    def next(self) -> Any:
        self._deadline.check()
        return self.child.next()

    def skip_to(self, id: int) -> Any:  # noqa: A002 - the name that Whoosh calls it by
        self._deadline.check()
        return self.child.skip_to(id)
