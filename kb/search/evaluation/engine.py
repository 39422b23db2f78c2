"""The engine over arrays: a question answered from the segments of one generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from kb.analysis import Analyzer
from kb.errors import ArticleNotFound
from kb.indexing.columnar.impacts import Grid
from kb.indexing.columnar.leaves import SegmentLeaves
from kb.indexing.columnar.stored_text import SegmentText
from kb.indexing.columnar.whoosh_segment import read_segments
from kb.model import Answer, Article, Found, Question, Ranking, Selection, Unit
from kb.search.evaluation.catalogue import Catalogue
from kb.search.evaluation.evaluator import DeadlinePassed, Evaluator
from kb.search.evaluation.lexicon import TrieLexicon
from kb.search.evaluation.matches import Candidates, Matches, best
from kb.search.evaluation.occurrences import occurrences


class ColumnarEngine:
    """One generation of the index, open for reading; nothing in it changes, so any number of threads may use it."""

    def __init__(self, folder: Path, generation: str, analyzer: Analyzer) -> None:
        self.generation = generation
        states = read_segments(folder)
        self._segments = [SegmentLeaves(state.open(folder), Grid(*state.grid), analyzer) for state in states]
        self._articles = sum(state.doc_count() for state in states)
        self._catalogue = Catalogue(self._segments, analyzer)
        self.lexicon = TrieLexicon([leaves.segment for leaves in self._segments])

    def answer(self, question: Question, selection: Selection, deadline: float) -> Answer:
        """The selected articles for a question, as far as it is known at `deadline`."""
        evaluator, candidates = self._evaluated(question, selection, deadline)
        page = self._page(candidates, selection)
        return Answer(
            found=self._found(page),
            total=sum(len(c.articles) for c in candidates),
            occurrences=occurrences(self._segments, question.units, [place[:2] for place in page]),
            partial=len(candidates) < len(self._segments),
            weights=tuple([_rarity(evaluator, unit) for unit in question.units]) if page else (),
            facets={field: self._catalogue.counts(field, candidates) for field in selection.facets},
        )

    def rank(self, question: Question, selection: Selection, deadline: float) -> Ranking:
        """The same without anything about the articles but their ids and scores."""
        _, candidates = self._evaluated(question, selection, deadline)
        page = [(article_id, score) for _, article_id, _, _, score in self._rows(candidates, selection)]
        total = sum(len(c.articles) for c in candidates)
        return Ranking(tuple(page), total, len(candidates) < len(self._segments))

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFound."""
        for leaves in self._segments:
            number = leaves.segment.find(article_id)
            if number is not None:
                return leaves.segment.whole_article(number)
        raise ArticleNotFound(f"no article has the id {article_id!r} in {self.generation}")

    def titles(self) -> Sequence[tuple[str, str]]:
        """The id and title of every article."""
        return self._catalogue.titles()

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles and segments."""
        return {"articles": self._articles, "segments": len(self._segments)}

    def close(self) -> None:
        """Nothing: the files are mapped, and go with the last array that is used."""

    def _evaluated(
        self, question: Question, selection: Selection, deadline: float
    ) -> tuple[Evaluator, list[Candidates]]:
        """The candidates of each segment, as many segments as there was time for."""
        evaluator = Evaluator(self._segments, self._articles, deadline, question)
        candidates: list[Candidates] = []
        with suppress(DeadlinePassed):
            for number in range(len(self._segments)):
                matches = evaluator.matches(question.tree, number)
                candidates.append(self._selected(number, matches, selection))
        return evaluator, candidates

    def _selected(self, number: int, matches: Matches, selection: Selection) -> Candidates:
        kept = self._catalogue.selected(number, matches.articles, selection)
        if kept is None:
            return Candidates(number, *matches)
        return Candidates(number, matches.articles[kept], matches.scores[kept])

    def _page(self, candidates: Sequence[Candidates], selection: Selection) -> list[tuple[int, int, float]]:
        """Segment, number and score of the articles of the page, in order."""
        return [(segment, number, score) for _, _, segment, number, score in self._rows(candidates, selection)]

    def _rows(self, candidates: Sequence[Candidates], selection: Selection) -> list[tuple[float, str, int, int, float]]:
        """Sort key, id, segment, number and score of the articles of the page, in order; equals are ordered by id."""
        end = selection.offset + selection.limit
        rows: list[tuple[float, str, int, int, float]] = []
        for segment, articles, scores in candidates:
            if selection.sort == "relevance":
                chosen = best(scores, end)
                keys = -scores[chosen]
            else:
                keys = self._catalogue.keys(segment, articles, selection.sort)
                chosen = best(-keys, end)
                keys = keys[chosen]
            numbers = articles[chosen]
            ids = self._catalogue.ids(segment, numbers)
            rows += zip(
                keys.tolist(), ids, [segment] * len(ids), numbers.tolist(), scores[chosen].tolist(), strict=True
            )
        rows.sort()
        return rows[selection.offset : end]

    def _found(self, page: Sequence[tuple[int, int, float]]) -> tuple[Found, ...]:
        segments = [leaves.segment for leaves in self._segments]
        return tuple(
            [
                Found(segments[segment].article(number), score, SegmentText(segments[segment], number))
                for segment, number, score in page
            ]
        )


def _rarity(evaluator: Evaluator, unit: Unit) -> float:
    """The idf of a unit's words, of alternatives that of the most frequent, added up for a phrase."""
    return sum(min((evaluator.rarity(unit.field, term) for term in terms), default=0.0) for terms in unit.alternatives)
