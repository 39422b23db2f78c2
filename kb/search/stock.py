"""The engine over Whoosh's stock codec: matching and scores by Whoosh, everything after that on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.query import And, Every, NumericRange

from kb.analysis import Analyzer
from kb.errors import ArticleNotFound
from kb.indexing.schema import day_number, read_article, read_tokens
from kb.model import Answer, Article, Found, Question, Selection, Tree, Unit
from kb.search.collecting import Deadline, gather
from kb.search.columns import Columns
from kb.search.lexicon import WhooshLexicon
from kb.search.occurrences import occurrences
from kb.search.ranking import idf
from kb.search.readers import Searchers


class StockEngine:
    """One generation of the index, open for reading; safe to share between threads."""

    def __init__(self, folder: Path, generation: str, analyzer: Analyzer) -> None:
        self.generation = generation
        self._searchers = Searchers(folder)
        self._columns = Columns(self._searchers.reader, analyzer)
        self.lexicon = WhooshLexicon(self._searchers.reader)

    def answer(self, question: Question, selection: Selection, deadline: float) -> Answer:
        """The selected articles for a question, as far as it is known at `deadline`."""
        clock = Deadline(deadline)
        tree, ranges = without_ranges(question.tree)
        with self._searchers.searcher() as searcher:
            documents, scores, complete = gather(searcher, tree, clock)
            keep = self._selected(documents, selection, ranges)
            if question.minimum > 1:
                enough, counted = _covered(searcher, question, clock)
                keep &= enough[documents]
                complete &= counted
            documents, scores = documents[keep], scores[keep]
            page = self._ordered(documents, scores, selection)
            found = _found(searcher.reader(), documents[page], scores[page], question.units)
            weights = tuple(_rarity(searcher, unit) for unit in question.units)
        facets = {field: self._columns.counts(field, documents) for field in selection.facets}
        return Answer(found, len(documents), not complete, weights, facets)

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFound."""
        with self._searchers.searcher() as searcher:
            stored = searcher.document(id=article_id)
        if stored is None:
            raise ArticleNotFound(f"no article has the id {article_id!r} in {self.generation}")
        return read_article(stored)

    def titles(self) -> Sequence[tuple[str, str]]:
        """The id and title of every article."""
        with self._searchers.reader() as reader:
            live = list(reader.all_doc_ids())
        return [(self._columns.ids[document], self._columns.titles[document]) for document in live]

    def facts(self) -> Mapping[str, int]:
        """Counts to show a person: articles and segments."""
        with self._searchers.reader() as reader:
            return {"articles": reader.doc_count(), "segments": len(reader.leaf_readers())}

    def close(self) -> None:
        self._searchers.close()

    def _selected(self, documents: np.ndarray, selection: Selection, ranges: Sequence[tuple[int, int]]) -> np.ndarray:
        keep = np.ones(len(documents), dtype=bool)
        if selection.published_from or selection.published_to:
            ranges = [*ranges, (day_number(selection.published_from), day_number(selection.published_to))]
        for first, last in ranges:
            days = self._columns.days[documents]
            keep &= (days >= max(first, 1)) & ((days <= last) if last else True)
        for field, values in selection.filters:
            keep &= self._columns.having(field, values)[documents]
        return keep

    def _ordered(self, documents: np.ndarray, scores: np.ndarray, selection: Selection) -> np.ndarray:
        """Which of the documents make up the page, in order: indexes into `documents`; equals are ordered by id."""
        end = selection.offset + selection.limit
        if selection.sort == "relevance":
            likely = _likely(scores, end)
            order = np.lexsort((self._columns.id_ranks[documents[likely]], -scores[likely]))
            return likely[order][selection.offset : end]
        if selection.sort == "title":
            key = self._columns.title_ranks[documents]
        else:
            days = self._columns.days[documents]
            # An article without a date comes last whichever way dates are sorted.
            key = -days if selection.sort == "-date" else np.where(days == 0, np.iinfo(np.int32).max, days)
        return np.lexsort((self._columns.id_ranks[documents], key))[selection.offset : end]


def without_ranges(tree: Tree) -> tuple[Tree, list[tuple[int, int]]]:
    """The tree without the date ranges that every match must satisfy, and these ranges as day numbers (0: open)."""
    parts = tree.subqueries if isinstance(tree, And) else [tree]
    ranges = [part for part in parts if isinstance(part, NumericRange)]
    others = [part for part in parts if not isinstance(part, NumericRange)] or [Every()]
    days = [(part.start or 0, part.end or 0) for part in ranges]
    return (others[0] if len(others) == 1 else And(others)), days


def _covered(searcher: Any, question: Question, clock: Deadline) -> tuple[np.ndarray, bool]:
    """Which documents match enough of the optional trees: bool, shape (documents,); and whether the time was enough."""
    counts = np.zeros(searcher.reader().doc_count_all(), dtype=np.int32)
    complete = True
    for tree in question.optional:
        documents, _, in_time = gather(searcher, tree, clock, scored=False)
        counts[documents] += 1
        complete &= in_time
    return counts >= question.minimum, complete


def _rarity(searcher: Any, unit: Unit) -> float:
    field = unit.fields[-1]
    articles = searcher.doc_count_all()
    return sum(
        min((idf(articles, searcher.doc_frequency(field, term)) for term in terms), default=0.0)
        for terms in unit.alternatives
    )


def _likely(scores: np.ndarray, end: int) -> np.ndarray:
    """Indexes of all scores that reach the `end`-th best, so that equals can be ordered by another key."""
    if len(scores) <= end:
        return np.arange(len(scores))
    threshold = np.partition(scores, len(scores) - end)[len(scores) - end]
    return np.flatnonzero(scores >= threshold)


def _found(reader: Any, documents: np.ndarray, scores: np.ndarray, units: Sequence[Unit]) -> tuple[Found, ...]:
    numbers = documents.tolist()
    where = occurrences(reader, units, numbers)
    stored = [reader.stored_fields(number) for number in numbers]
    return tuple(
        Found(read_article(fields), float(score), *read_tokens(fields), spans)
        for fields, score, spans in zip(stored, scores, where, strict=True)
    )
