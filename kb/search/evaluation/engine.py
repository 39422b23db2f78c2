"""The engine over arrays: a question answered from the segments of one generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from kb.analysis import Analyzer
from kb.errors import ArticleNotFound
from kb.indexing.columnar.impacts import Grid
from kb.indexing.columnar.leaves import SegmentLeaves
from kb.indexing.columnar.whoosh_segment import read_segments
from kb.model import Answer, Article, Found, Question, Selection, Unit
from kb.search.evaluation.catalogue import Catalogue
from kb.search.evaluation.evaluator import DeadlinePassed, Evaluator
from kb.search.evaluation.lexicon import TrieLexicon
from kb.search.evaluation.matches import Candidates, Matches, covered, likely_best
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
        evaluator = Evaluator(self._segments, self._articles, deadline)
        candidates: list[Candidates] = []
        complete = True
        try:
            for number in range(len(self._segments)):
                matches = self._enough(evaluator, question, number)
                candidates.append(self._selected(number, matches, selection))
        except DeadlinePassed:
            complete = False
        page = self._page(candidates, selection)
        return Answer(
            found=self._found(page, question.units),
            total=sum(len(c.articles) for c in candidates),
            partial=not complete,
            weights=tuple(_rarity(evaluator, unit) for unit in question.units) if page else (),
            facets={field: self._catalogue.counts(field, candidates) for field in selection.facets},
        )

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFound."""
        for leaves in self._segments:
            number = leaves.segment.find(article_id)
            if number is not None:
                article = leaves.segment.article(number)
                return msgspec.structs.replace(article, text=leaves.segment.text(number))
        raise ArticleNotFound(f"no article has the id {article_id!r} in {self.generation}")

    def titles(self) -> Sequence[tuple[str, str]]:
        """The id and title of every article."""
        return self._catalogue.titles()

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles and segments."""
        return {"articles": self._articles, "segments": len(self._segments)}

    def close(self) -> None:
        """Nothing: the files are mapped, and go with the last array that is used."""

    def _enough(self, evaluator: Evaluator, question: Question, number: int) -> Matches:
        """The articles of a segment that match the tree and enough of its optional parts."""
        matches = evaluator.matches(question.tree, number)
        if question.minimum <= 1:
            return matches
        parts = [evaluator.matches(part, number).articles for part in question.optional]
        kept = covered(parts, question.minimum, self._segments[number].segment.count)[matches.articles]
        return Matches(matches.articles[kept], matches.scores[kept])

    def _selected(self, number: int, matches: Matches, selection: Selection) -> Candidates:
        kept = self._catalogue.selected(number, matches.articles, selection)
        if kept is None:
            return Candidates(number, *matches)
        return Candidates(number, matches.articles[kept], matches.scores[kept])

    def _page(self, candidates: Sequence[Candidates], selection: Selection) -> list[tuple[int, int, float]]:
        """Segment, number and score of the articles of the page, in order; equals are ordered by id."""
        end = selection.offset + selection.limit
        rows: list[tuple[float, str, int, int, float]] = []
        for segment, articles, scores in candidates:
            keys = -scores if selection.sort == "relevance" else self._catalogue.keys(segment, articles, selection.sort)
            likely = likely_best(-keys, end)
            numbers = articles[likely]
            ids = self._catalogue.ids(segment, numbers)
            rows += zip(
                keys[likely].tolist(), ids, [segment] * len(ids), numbers.tolist(), scores[likely].tolist(), strict=True
            )
        rows.sort()
        return [(segment, number, score) for _, _, segment, number, score in rows[selection.offset : end]]

    def _found(self, page: Sequence[tuple[int, int, float]], units: Sequence[Unit]) -> tuple[Found, ...]:
        where = {
            (segment, number): spans
            for segment in {segment for segment, _, _ in page}
            for number, spans in occurrences(
                self._segments[segment], units, [n for s, n, _ in page if s == segment]
            ).items()
        }
        return tuple(
            self._found_one(self._segments[segment], number, score, where[segment, number])
            for segment, number, score in page
        )

    def _found_one(self, leaves: SegmentLeaves, number: int, score: float, spans: tuple) -> Found:  # type: ignore[type-arg]
        segment = leaves.segment
        article = msgspec.structs.replace(segment.article(number), text=segment.text(number))
        body = slice(int(segment.bounds[number]) + int(segment.title_tokens[number]), int(segment.bounds[number + 1]))
        starts = segment.arrays["starts"][body]
        return Found(article, score, starts, starts + segment.arrays["lengths"][body], spans)


def _rarity(evaluator: Evaluator, unit: Unit) -> float:
    """The idf of a unit's words, of alternatives that of the most frequent, added up for a phrase."""
    return sum(min((evaluator.rarity(unit.field, term) for term in terms), default=0.0) for terms in unit.alternatives)
