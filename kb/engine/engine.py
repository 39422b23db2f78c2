"""The engine over columnar segments: a question answered from all segments of one generation."""

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
from kb.engine.interface import Answer, Positions, Question, Ranking, Selection
from kb.engine.matches import Matches, SelectedMatches
from kb.engine.positions import positions_of
from kb.engine.terms import Terms
from kb.engine.topk import TopK, top_k_of_matches
from kb.errors import ArticleNotFound
from kb.explanation import Explanation
from kb.results import Sort
from kb.segments.impacts import Grid
from kb.segments.page_texts import texts_of
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from kb.text.tokens import Analyzer


class ColumnarEngine:
    """A generation of the index, open for reading; immutable, hence safe to share between threads."""

    def __init__(self, folder: Path, generation: str, analyzer: Analyzer) -> None:
        self.generation = generation
        listed = read_segments(folder)
        self._segments = [TermReader(segment.open(folder), Grid(*segment.grid), analyzer) for segment in listed]
        self._opened = [reader.segment for reader in self._segments]
        self._terms = Terms(self._segments, sum(segment.doc_count() for segment in listed))
        self._doc_values = DocValues(self._segments, analyzer)
        self.dictionary = TermDictionary(self._opened)

    def answer(self, question: Question, selection: Selection, deadline: float) -> Answer:
        """The selected articles for a question, as far as known at `deadline`."""
        evaluator, totals, selected, rows = self._evaluate(question, selection, deadline)
        segments = self._opened
        page = np.array([(segment, docid) for _, _, segment, docid, _ in rows], dtype=np.int64).reshape(-1, 2)
        rarities = [evaluator.rarity(query_term) for query_term in question.query_terms]
        return Answer(
            articles=tuple([segments[segment].article(docid) for _, _, segment, docid, _ in rows]),
            scores=tuple([score for *_, score in rows]),
            total=sum(totals),
            positions=positions_of(self._terms, question.query_terms, page),
            texts=texts_of(segments, page),
            partial=len(totals) < len(self._segments),
            unknown=tuple([index for index, (_, known) in enumerate(rarities) if not known]),
            weights=tuple([weight for weight, _ in rarities]),
            facets={field: self._doc_values.counts(field, selected) for field in selection.facets},
        )

    def rank(self, question: Question, selection: Selection, deadline: float) -> Ranking:
        """The ids and scores of the same articles."""
        _, totals, _, rows = self._evaluate(question, selection, deadline)
        best = tuple([(article_id, score) for _, article_id, _, _, score in rows])
        return Ranking(best, sum(totals), len(totals) < len(self._segments))

    def explain(self, question: Question, ids: Sequence[str]) -> tuple[Explanation, ...]:
        """Explanations of the scores of articles that match the question; raises ArticleNotFound."""
        explainer = Explainer(self._terms, question)
        return tuple([explainer.of(self._segments[segment], docid) for segment, docid in map(self._find, ids)])

    def positions(self, question: Question, article_id: str) -> Positions:
        """Positions of the query terms in an article, all with ROW 0; raises ArticleNotFound."""
        page = np.array([self._find(article_id)], dtype=np.int64)
        return positions_of(self._terms, question.query_terms, page)

    def article(self, article_id: str) -> Article:
        """An article; raises ArticleNotFound."""
        segment, docid = self._find(article_id)
        return self._opened[segment].whole_article(docid)

    def titles(self, words: Sequence[str], limit: int) -> Sequence[tuple[str, str]]:
        """Ids and titles of at most `limit` articles with a title in which every given word begins a word."""
        return self._doc_values.titles(words, limit)

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles and segments."""
        return {"articles": self._terms.articles, "segments": len(self._segments)}

    def _find(self, article_id: str) -> tuple[int, int]:
        """Segment index and docid of an article; raises ArticleNotFound."""
        for segment, opened in enumerate(self._opened):
            docid = opened.find(article_id)
            if docid is not None:
                return segment, docid
        raise ArticleNotFound(f"no article has the id {article_id!r} in {self.generation}")

    def _evaluate(self, question: Question, selection: Selection, deadline: float) -> _Evaluation:
        """The first articles of each segment, merged into a page; segments past the deadline are left out."""
        evaluator = Evaluator(self._terms, deadline, question)
        totals: list[int] = []
        selected: list[SelectedMatches] = []
        rows: list[_Row] = []
        k = selection.offset + selection.limit
        with suppress(DeadlinePassed):
            for segment in range(len(self._segments)):
                if selection.is_plain:
                    best = evaluator.top_k(question.tree, segment, k)
                else:
                    selected.append(self._select(segment, evaluator.matches(question.tree, segment), selection))
                    best = self._first(evaluator, selected[-1], selection.sort, k)
                rows += self._rows(segment, best, selection.sort)
                totals.append(best.total)
        rows.sort()
        return _Evaluation(evaluator, totals, selected, rows[selection.offset : k])

    def _select(self, segment: int, matches: Matches, selection: Selection) -> SelectedMatches:
        mask = self._doc_values.selected(segment, matches.docids, selection)
        if mask is None:
            return SelectedMatches(segment, *matches)
        return SelectedMatches(segment, matches.docids[mask], matches.scores[mask])

    def _first(self, evaluator: Evaluator, selected: SelectedMatches, sort: Sort, k: int) -> TopK:
        """The k matches that come first by score or by a sort key."""
        segment, docids, scores = selected
        proximity = evaluator.proximity(segment)
        if sort == "relevance":
            return top_k_of_matches(Matches(docids, scores), k, proximity)
        first = self._doc_values.first(segment, docids, self._doc_values.keys(segment, docids, sort), k)
        finals = (scores[first] + proximity.bonuses(docids[first])).astype(np.float32)
        return TopK(len(docids), docids[first], finals)

    def _rows(self, segment: int, best: TopK, sort: Sort) -> Iterable[_Row]:
        """Articles of one segment as rows, in no order."""
        docids, scores = best.docids.tolist(), best.scores.tolist()
        if sort == "relevance":
            keys = [-score for score in scores]
        else:
            keys = self._doc_values.shared_keys(segment, self._doc_values.keys(segment, best.docids, sort), sort)
        return zip(keys, self._opened[segment].ids(docids), repeat(segment), docids, scores)


_Row: TypeAlias = tuple[float | str, str, int, int, float]
"""An article of a page; rows are in the order of the page when sorted:

* sort key
* id
* segment index
* docid
* score
"""


class _Evaluation(NamedTuple):
    """A page, and the material of the rest of an answer."""

    evaluator: Evaluator
    totals: list[int]
    """Number of matching articles of each segment evaluated in time."""
    selected: list[SelectedMatches]
    """The selected matches of each segment; empty for a plain selection."""
    rows: list[_Row]
    """The articles of the page, in order."""
