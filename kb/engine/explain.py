"""Explanations of scores, like Lucene's `Explanation`: a plain walk through the query tree, for the hits of a page.

Independent of `evaluator.py` and of stored impacts: scores are computed again from frequencies and positions, so that
an explanation is also a check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import TypeAlias

import numpy as np
from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.deadline import NEVER, Deadline
from kb.engine.explained_article import ExplainedArticle
from kb.engine.interface import QueryTerm, Question, Tree
from kb.engine.terms import Terms
from kb.explanation import Explanation, FieldCount, FixedShare, NearnessShare, WordShare
from kb.ranking import PROXIMITY_WINDOW, TITLE_WEIGHT, idf, proximity, saturation
from kb.segments.postings import TermReader
from kb.segments.schema import NAME_FIELDS

Share: TypeAlias = WordShare | FixedShare

_DIGITS = 6
"""Decimal digits of the figures: with fewer, the many words of a prefix would no longer add up to the score."""


class Explainer:
    """Explains the scores of articles for one question."""

    def __init__(self, terms: Terms, question: Question, deadline: Deadline = NEVER) -> None:
        self._deadline = deadline
        self._terms = terms
        self._question = question
        self._typed = dict(chain.from_iterable(map(_typed, reversed(question.query_terms))))
        self._frequencies: dict[tuple[str, str], int] = {}

    def of(self, reader: TermReader, docid: int) -> Explanation:
        """Explanation of the score of a matching article; raises DeadlinePassed."""
        article = ExplainedArticle(reader, docid, self._deadline)
        # The minimum-should-match is no matter of the score: a matching article scores like any disjunction.
        shares = self._shares(self._question.tree, article) or []
        return Explanation(
            words=tuple(share for share in shares if isinstance(share, WordShare)),
            nearness=tuple(self._proximity(article)),
            fixed=tuple(share for share in shares if isinstance(share, FixedShare)),
        )

    def _shares(self, tree: Tree, article: ExplainedArticle) -> list[Share] | None:
        """Shares of a tree in the score of an article; None without a match."""
        self._deadline.check()
        match tree:
            case Term():
                return self._term(tree, article)
            case Phrase():
                return self._phrase(tree, article)
            case Or():
                shares = [self._shares(part, article) for part in tree.subqueries]
                matching = [part for part in shares if part is not None]
                return list(chain.from_iterable(matching)) if matching else None
            case And():
                only_excludes = all(isinstance(part, Not) for part in tree.subqueries)
                return self._all([Every(), *tree.subqueries] if only_excludes else tree.subqueries, article)
            case Not():
                return [] if self._shares(tree.query, article) is None else None
            case Every():
                return [FixedShare("every", "", 1.0)]
            case NumericRange():
                within = article.day >= (tree.start or 1) and (tree.end is None or article.day <= tree.end)
                return [FixedShare("date", _days(tree), 1.0)] if within else None
        raise TypeError(f"no explanation of {type(tree).__name__}")

    def _all(self, trees: Sequence[Tree], article: ExplainedArticle) -> list[Share] | None:
        """Shares of trees that all have to match; None if one of the trees does not."""
        all_shares: list[Share] = []
        for tree in trees:
            shares = self._shares(tree, article)
            if shares is None:
                return None
            all_shares += shares
        return all_shares

    def _term(self, tree: Tree, article: ExplainedArticle) -> list[Share] | None:
        field, term = tree.fieldname, tree.text
        if field in NAME_FIELDS:
            return [FixedShare(field, term, tree.boost)] if term in article.names(field) else None
        if field == "title_key":
            return [FixedShare("title", term, tree.boost)] if article.is_titled(term) else None
        if not sum(article.frequencies(field, term)):
            return None
        return [self._word(field, term, tree.boost, self._typed.get((field, (term,)), term), article)]

    def _phrase(self, tree: Tree, article: ExplainedArticle) -> list[Share] | None:
        field, words = tree.fieldname, tree.words
        if not article.has_phrase(field, words, tree.slop):
            return None
        text = self._typed.get((field, tuple(words)), " ".join(words))
        return [self._word(field, word, tree.boost, text, article, phrase=True) for word in words]

    def _word(
        self, field: str, term: str, boost: float, text: str, article: ExplainedArticle, *, phrase: bool = False
    ) -> WordShare:
        """BM25F share of a word of the article, as at the top of `kb/ranking.py`."""
        in_title, in_text = article.frequencies(field, term)
        title_norm, text_norm = article.norms
        impact = saturation(TITLE_WEIGHT * in_title / title_norm + in_text / text_norm)
        weight = self._idf(field, term)
        title, body = map(_field_count, (in_title, in_text), article.lengths, article.averages)
        return WordShare(
            text=text,
            term=term,
            field=field,
            phrase=phrase,
            title=title,
            body=body,
            articles=self._frequency(field, term),
            of=self._terms.articles,
            idf=round(weight, _DIGITS),
            impact=round(impact, _DIGITS),
            boost=boost,
            score=round(boost * weight * impact, _DIGITS),
        )

    def _proximity(self, article: ExplainedArticle) -> Iterator[NearnessShare]:
        """Shares of stems with neighbours, as at the top of `kb/ranking.py`."""
        weights = {stem: self._idf("text", stem) for stem in self._question.near if self._frequency("text", stem)}
        stems, idfs = list(weights), np.array(list(weights.values()))
        near = np.zeros(len(stems))
        for pairs in article.neighbours(stems, PROXIMITY_WINDOW) if len(stems) > 1 else ():
            np.add.at(near, pairs.later_terms, idfs[pairs.terms] / pairs.distances)
            np.add.at(near, pairs.terms, idfs[pairs.later_terms] / pairs.distances)
        for stem, sum_of_neighbours in zip(stems, near.tolist(), strict=True):
            if sum_of_neighbours:
                score = proximity(weights[stem], sum_of_neighbours, article.norms[1])
                text = self._typed.get(("text", (stem,))) or article.word(int(article.positions("text", stem)[-1]))
                yield NearnessShare(text, stem, round(sum_of_neighbours, _DIGITS), round(score, _DIGITS))

    def _idf(self, field: str, term: str) -> float:
        return idf(self._terms.articles, self._frequency(field, term))

    def _frequency(self, field: str, term: str) -> int:
        key = field, term
        if key not in self._frequencies:
            self._frequencies[key] = self._terms.find(field, term, self._deadline).frequency
        return self._frequencies[key]


def _typed(query_term: QueryTerm) -> Iterator[tuple[tuple[str, tuple[str, ...]], str]]:
    """The text typed for each (field, terms) of a query term: for each word, or for the words of a phrase together."""
    field, slots = query_term.field, query_term.alternatives
    if len(slots) == 1:
        yield from (((field, (term,)), query_term.text) for term in slots[0])
        return
    yield (field, tuple(terms[0] for terms in slots)), query_term.text
    # Shares by proximity name the words of a phrase one by one.
    yield from (((field, (terms[0],)), word) for terms, word in zip(slots, query_term.typed, strict=False))


def _field_count(frequency: int, length: int, average: float) -> FieldCount:
    return FieldCount(frequency, length, round(average, _DIGITS))


def _days(tree: Tree) -> str:
    """A range of days as text, `first..last`; the text of an open side is empty."""
    first = date.fromordinal(tree.start).isoformat() if (tree.start or 1) > 1 else ""
    last = date.fromordinal(tree.end).isoformat() if tree.end else ""
    return first if first == last else f"{first}..{last}"
