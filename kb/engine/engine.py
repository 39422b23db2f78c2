"""The engine over columnar segments: a question answered from all segments of one generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from kb.article import Article
from kb.deadline import NEVER, Deadline, DeadlinePassed
from kb.dictionary.term_dictionary import TermDictionary
from kb.engine.evaluator import Evaluator
from kb.engine.explain import Explainer
from kb.engine.facets import DocValues
from kb.engine.interface import POSITIONS, Answer, Positions, Question, Ranking, Selection, StoredArticle
from kb.engine.matches import Matches, SelectedMatches
from kb.engine.positions import next_match, positions_of, positions_within
from kb.engine.terms import Terms
from kb.engine.topk import TopK, bonuses_of, top_k_of_matches
from kb.errors import ArticleNotFound
from kb.explanation import Explanation
from kb.results import Sort
from kb.segments.impacts import Grid
from kb.segments.page_texts import StoredText, copied_bytes, text_groups, texts_of
from kb.segments.postings import TermReader
from kb.segments.whoosh_toc import read_segments
from kb.text.tokens import Analyzer

MOST_COPIED = 4_000_000
"""Bytes of the texts of a page that are put together; longer ones are shown segment by segment."""


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

    def answer(self, question: Question, selection: Selection, deadline: Deadline) -> Answer:
        """The selected articles for a question, as far as known at `deadline`."""
        found = self._evaluate(question, selection, deadline)
        segments, rows = self._opened, found.rows
        page = np.array([(segment, docid) for _, _, segment, docid, _ in rows], dtype=np.int64).reshape(-1, 2)
        rarities = [found.evaluator.rarity(query_term) for query_term in question.query_terms]
        positions, is_complete = positions_of(self._terms, question.query_terms, page, deadline)
        facets = self._facets(selection.facets, found.selected, deadline)
        are_long = copied_bytes(segments, page) > MOST_COPIED
        left_out = tuple([field for field in selection.facets if field not in facets])
        left_out = left_out if is_complete else (*left_out, POSITIONS)
        return Answer(
            articles=tuple([segments[segment].article(docid) for _, _, segment, docid, _ in rows]),
            scores=tuple([score for *_, score in rows]),
            total=sum(found.totals),
            positions=positions,
            texts=texts_of(segments, page[:0] if are_long else page),
            text_groups=text_groups(segments, page) if are_long else (),
            partial=found.is_partial or bool(left_out),
            left_out=left_out,
            unknown=tuple([index for index, (_, known) in enumerate(rarities) if not known]),
            weights=tuple([weight for weight, _ in rarities]),
            facets=facets,
        )

    def rank(self, question: Question, selection: Selection, deadline: Deadline) -> Ranking:
        """The ids and scores of the same articles."""
        found = self._evaluate(question, selection, deadline)
        best = tuple([(article_id, score) for _, article_id, _, _, score in found.rows])
        return Ranking(best, sum(found.totals), found.is_partial)

    def explain(self, question: Question, ids: Sequence[str], deadline: Deadline = NEVER) -> tuple[Explanation, ...]:
        """Explanations of the scores of articles, of the first ones where the deadline passes."""
        explainer = Explainer(self._terms, question, deadline)
        explanations: list[Explanation] = []
        with suppress(DeadlinePassed):
            for segment, docid in map(self._find, ids):
                explanations.append(explainer.of(self._segments[segment], docid))
        return tuple(explanations)

    def positions(self, question: Question, article_id: str, begin: int, end: int) -> Positions:
        """Positions of the query terms in the title of an article and in a part of its text; raises ArticleNotFound."""
        return positions_within(self._terms, question.query_terms, *self._find(article_id), begin, end)

    def next_match(self, question: Question, article_id: str, offset: int, deadline: Deadline) -> int | None:
        """Offset of a match in the text of an article behind an offset; raises ArticleNotFound."""
        return next_match(self._terms, question.query_terms, *self._find(article_id), offset, deadline)

    def article(self, article_id: str) -> Article:
        """An article; raises ArticleNotFound."""
        segment, docid = self._find(article_id)
        return self._opened[segment].whole_article(docid)

    def stored(self, article_id: str) -> StoredArticle:
        """An article, with its text still to be read; raises ArticleNotFound."""
        place = self._find(article_id)
        texts = texts_of(self._opened, np.array([place], dtype=np.int64))
        return StoredArticle(self._opened[place[0]].article(place[1]), StoredText(texts, 0))

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

    def _evaluate(self, question: Question, selection: Selection, deadline: Deadline) -> _Evaluation:
        """The first articles of each segment, merged into a page; segments past the deadline are left out."""
        evaluator = Evaluator(self._terms, deadline, question)
        totals: list[int] = []
        selected: list[SelectedMatches] = []
        rows: list[_Row] = []
        k = selection.offset + selection.limit
        is_complete = True
        with suppress(DeadlinePassed):
            for segment in range(len(self._segments)):
                if selection.is_plain:
                    best = evaluator.top_k(question.tree, segment, k)
                else:
                    matches = evaluator.matches(question.tree, segment)
                    selected.append(self._select(segment, matches, selection, deadline))
                    best = self._first(evaluator, selected[-1], selection.sort, k)
                rows += self._rows(segment, best, selection.sort)
                totals.append(best.total)
                is_complete = is_complete and best.is_complete
        rows.sort()
        is_partial = not is_complete or len(totals) < len(self._segments)
        return _Evaluation(evaluator, totals, selected, rows[selection.offset : k], is_partial)

    def _facets(
        self, fields: Sequence[str], selected: Sequence[SelectedMatches], deadline: Deadline
    ) -> dict[str, list[tuple[str, int]]]:
        """Values and counts of the facets; without those of a facet that took too long."""
        facets = {}
        for field in fields:
            with suppress(DeadlinePassed):
                facets[field] = self._doc_values.counts(field, selected, deadline)
        return facets

    def _select(self, segment: int, matches: Matches, selection: Selection, deadline: Deadline) -> SelectedMatches:
        mask = self._doc_values.selected(segment, matches.docids, selection, deadline)
        if mask is None:
            return SelectedMatches(segment, *matches)
        return SelectedMatches(segment, matches.docids[mask], matches.scores[mask])

    def _first(self, evaluator: Evaluator, selected: SelectedMatches, sort: Sort, k: int) -> TopK:
        """The k matches that come first by score or by a sort key."""
        segment, docids, scores = selected
        proximity = evaluator.proximity(segment)
        if sort == "relevance":
            return top_k_of_matches(Matches(docids, scores), k, proximity, evaluator.deadline)
        first = self._doc_values.first(segment, docids, self._doc_values.keys(segment, docids, sort), k)
        bonuses, is_complete = bonuses_of(docids[first], proximity, evaluator.deadline)
        finals = (scores[first] + bonuses).astype(np.float32)
        return TopK(len(docids), docids[first], finals, is_complete)

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
    is_partial: bool
    """Whether the deadline passed before all was known."""
