"""The engine over arrays: a question answered from the segments of one generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from kb.article import Article
from kb.engine.dictionary import TermDictionary
from kb.engine.evaluator import DeadlinePassed, Evaluator
from kb.engine.explain import Explainer
from kb.engine.facets import DocValues
from kb.engine.interface import Answer, Question, Ranking, Selection
from kb.engine.matches import Candidates, Matches
from kb.engine.positions import positions_of
from kb.engine.terms import Terms
from kb.errors import ArticleNotFound
from kb.explanation import Explanation
from kb.segments.impacts import Grid
from kb.segments.page_texts import texts_of
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from kb.text.tokens import Analyzer


class ColumnarEngine:
    """One generation of the index, open for reading; nothing in it changes, so any number of threads may use it."""

    def __init__(self, folder: Path, generation: str, analyzer: Analyzer) -> None:
        self.generation = generation
        states = read_segments(folder)
        self._segments = [TermReader(state.open(folder), Grid(*state.grid), analyzer) for state in states]
        self._opened = [reader.segment for reader in self._segments]
        self._articles = sum(state.doc_count() for state in states)
        self._terms = Terms(self._segments, self._articles)
        self._doc_values = DocValues(self._segments, analyzer)
        self.dictionary = TermDictionary([reader.segment for reader in self._segments])

    def answer(self, question: Question, selection: Selection, deadline: float) -> Answer:
        """The selected articles for a question, as far as it is known at `deadline`."""
        evaluator, totals, candidates, rows = self._evaluated(question, selection, deadline)
        segments = self._opened
        page = np.array([row[2:4] for row in rows], dtype=np.int64).reshape(-1, 2)
        rarities = [evaluator.rarity(query_term) for query_term in question.query_terms]
        return Answer(
            articles=tuple([segments[segment].article(number) for _, _, segment, number, _ in rows]),
            scores=tuple([score for *_, score in rows]),
            total=sum(totals),
            positions=positions_of(self._terms, question.query_terms, page),
            texts=texts_of(segments, page),
            partial=len(totals) < len(self._segments),
            unknown=tuple([n for n, (_, known) in enumerate(rarities) if not known]),
            weights=tuple([weight for weight, _ in rarities]),
            facets={field: self._doc_values.counts(field, candidates) for field in selection.facets},
        )

    def rank(self, question: Question, selection: Selection, deadline: float) -> Ranking:
        """The same without anything about the articles but their ids and scores."""
        _, totals, _, rows = self._evaluated(question, selection, deadline)
        _, ids, _, _, scores = zip(*rows, strict=True) if rows else ((),) * 5
        return Ranking(tuple(zip(ids, scores, strict=True)), sum(totals), len(totals) < len(self._segments))

    def explain(self, question: Question, ids: Sequence[str]) -> tuple[Explanation, ...]:
        """How the scores of articles that match the question came about; raises ArticleNotFound."""
        account = Explainer(self._terms, self._articles, question)
        return tuple([account.of(*self._place(article_id)) for article_id in ids])

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFound."""
        reader, number = self._place(article_id)
        return reader.segment.whole_article(number)

    def _place(self, article_id: str) -> tuple[TermReader, int]:
        """The segment of an article, and its number there; raises ArticleNotFound."""
        for reader in self._segments:
            number = reader.segment.find(article_id)
            if number is not None:
                return reader, number
        raise ArticleNotFound(f"no article has the id {article_id!r} in {self.generation}")

    def titles(self, words: Sequence[str], limit: int) -> Sequence[tuple[str, str]]:
        """Ids and titles of at most `limit` articles in whose titles every word (there is one) begins a word."""
        return self._doc_values.titles(words, limit)

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles and segments."""
        return {"articles": self._articles, "segments": len(self._segments)}

    def close(self) -> None:
        """Nothing: the files are mapped, and go with the last array that is used."""

    def _evaluated(self, question: Question, selection: Selection, deadline: float) -> _Evaluated:
        """What there is on each segment, of as many as there was time for, and the page of the best of it."""
        evaluator = Evaluator(self._terms, deadline, question)
        totals: list[int] = []
        candidates: list[Candidates] = []
        rows: list[_Row] = []
        wanted = selection.offset + selection.limit
        with suppress(DeadlinePassed):
            for number in range(len(self._segments)):
                if selection.is_plain:
                    total, numbers, scores = evaluator.best(question.tree, number, wanted)
                else:
                    matches = evaluator.matches(question.tree, number)
                    candidates.append(self._selected(number, matches, selection))
                    total = len(candidates[-1].articles)
                    numbers, scores = self._first(evaluator, candidates[-1], selection.sort, wanted)
                rows += self._rows(number, numbers, scores, selection.sort)
                totals.append(total)
        rows.sort()
        return _Evaluated(evaluator, totals, candidates, rows[selection.offset : wanted])

    def _selected(self, number: int, matches: Matches, selection: Selection) -> Candidates:
        kept = self._doc_values.selected(number, matches.articles, selection)
        if kept is None:
            return Candidates(number, *matches)
        return Candidates(number, matches.articles[kept], matches.scores[kept])

    def _first(
        self, evaluator: Evaluator, candidates: Candidates, sort: str, wanted: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The candidates that can be on the page, ascending, and their scores."""
        segment, articles, scores = candidates
        near = evaluator.near_words(segment)
        if sort == "relevance":
            return near.best(articles, scores, wanted)
        chosen = self._doc_values.first(segment, articles, self._doc_values.keys(segment, articles, sort), wanted)
        numbers = articles[chosen]
        return numbers, (scores[chosen] + near.added(numbers)).astype(np.float32)

    def _rows(self, segment: int, numbers: np.ndarray, scores: np.ndarray, sort: str) -> Iterable[_Row]:
        """Articles of one segment, with what they are sorted by, in no order."""
        found, listed = numbers.tolist(), scores.tolist()
        if sort == "relevance":
            keys = [-score for score in listed]
        else:
            keys = self._doc_values.shared_keys(segment, self._doc_values.keys(segment, numbers, sort), sort)
        return zip(keys, self._opened[segment].ids(found), repeat(segment), found, listed)


_Row: TypeAlias = tuple[float | str, str, int, int, float]
"""One article of a page, in the order of pages: what it is sorted by, its id, segment, number and score."""


class _Evaluated(NamedTuple):
    """What an evaluation found: how many articles on each segment, which where that was asked for, and the page."""

    evaluator: Evaluator
    totals: list[int]
    candidates: list[Candidates]
    rows: list[_Row]
