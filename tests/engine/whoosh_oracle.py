"""What Whoosh's own searcher finds in a generation, run the only way that is exact: every match, no shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whoosh.collectors import Collector
from whoosh.index import open_dir
from whoosh.matching import WrappingMatcher
from whoosh.query import And, Not, Or, Phrase, SpanNear2, Term
from whoosh.scoring import BaseScorer, WeightingModel, WeightScorer

from kb.ranking import idf
from kb.segments.schema import TEXT_FIELDS


class WhooshOracle:
    """A generation, open in Whoosh; answers trees of Term, Phrase, And, Or and Not."""

    def __init__(self, generation: Path) -> None:
        self.searcher = open_dir(str(generation)).searcher(weighting=_ImpactWeighting())

    def scores(self, tree: Any) -> dict[str, float]:
        """The score of every matching article, by id."""
        collector = _Everything()
        self.searcher.search_with_collector(_exact(tree), collector)
        reader = self.searcher.reader()
        return {reader.stored_fields(number)["id"]: score for number, score in collector.found.items()}

    def close(self) -> None:
        self.searcher.close()


class _ImpactWeighting(WeightingModel):
    """Scores a posting by its impact times the idf of its term; a name or a whole title by its weight alone."""

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        return idf(parent.doc_count(), parent.doc_frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: Any, qf: int = 1) -> BaseScorer:
        if fieldname not in TEXT_FIELDS:
            return WeightScorer.for_(searcher, fieldname, text)
        return _ImpactScorer(searcher.get_parent().idf(fieldname, text))


class _ImpactScorer(BaseScorer):
    def __init__(self, weight: float) -> None:
        self._weight = weight

    def score(self, matcher: Any) -> float:
        score: float = matcher.weight() * self._weight
        return score

    def max_quality(self) -> float:
        return float("inf")

    def block_quality(self, matcher: Any) -> float:
        return float("inf")


class _Everything(Collector):
    """Collects all matching documents; Whoosh's shortcuts to the best of them miss some."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, float] = {}

    def collect_matches(self) -> None:
        while self.matcher.is_active():
            self.found[self.matcher.id() + self.offset] = self.matcher.score()
            self.matcher.next()

    def finish(self) -> None:
        """Nothing to close: Whoosh would time the run and build its own results here."""


class _Unscored(Not):
    """Articles without something: Whoosh would give each of them a score of 1 for that."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return WrappingMatcher(super().matcher(searcher, context), boost=0.0)


class _Ordered(Phrase):
    """Words in their order by Whoosh's spans, with a boost that counts."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        terms = [Term(self.fieldname, word) for word in self.words]
        matcher = SpanNear2(terms, slop=self.slop, ordered=True, mindist=1).matcher(searcher, context)
        return WrappingMatcher(matcher, boost=self.boost)


def _exact(tree: Any) -> Any:
    if isinstance(tree, Phrase):
        return _Ordered(tree.fieldname, tree.words, slop=tree.slop, boost=tree.boost)
    if isinstance(tree, Not):
        return _Unscored(_exact(tree.query))
    if isinstance(tree, And | Or):
        return type(tree)([_exact(part) for part in tree.subqueries])
    return tree
