"""An account of how the score of an article came about: a plain walk through the tree, for the hits of a page.

It shares no step with `evaluator.py` and reads no impacts: a score is worked out again from how often words stand
where, so an account is also a check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, pairwise
from typing import TypeAlias

from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.engine.interface import QueryTerm, Question, Tree
from kb.engine.one_article import ExplainedArticle
from kb.engine.terms import Terms
from kb.explanation import Explanation, FieldCount, FixedShare, NearnessShare, WordShare
from kb.ranking import K1, NEARNESS, REACH, TITLE_WEIGHT, idf
from kb.segments.postings import TermReader
from kb.segments.schema import NAME_FIELDS

Share: TypeAlias = WordShare | FixedShare

_DIGITS = 6
"""Of the figures given: with fewer, the many words of a prefix would no longer add up to the score."""


class Explainer:
    """Explains scores for one question; `articles` is how many there are in all."""

    def __init__(self, terms: Terms, articles: int, question: Question) -> None:
        self._terms = terms
        self._articles = articles
        self._question = question
        self._typed = dict(chain.from_iterable(map(_typed, reversed(question.query_terms))))
        self._frequencies: dict[tuple[str, str], int] = {}

    def of(self, reader: TermReader, number: int) -> Explanation:
        """How the score of an article that matches the question came about."""
        article = ExplainedArticle(reader, number)
        # The article is there because enough of the optional parts match; what they add is that of a disjunction.
        shares = self._shares(self._question.tree, article) or []
        return Explanation(
            words=tuple(share for share in shares if isinstance(share, WordShare)),
            nearness=tuple(self._nearness(article)),
            fixed=tuple(share for share in shares if isinstance(share, FixedShare)),
        )

    def _shares(self, tree: Tree, article: ExplainedArticle) -> list[Share] | None:
        """What a tree adds to the score of an article; None where it does not match."""
        match tree:
            case Term():
                return self._term(tree, article)
            case Phrase():
                return self._phrase(tree, article)
            case Or():
                found = [self._shares(part, article) for part in tree.subqueries]
                there = [shares for shares in found if shares is not None]
                return list(chain.from_iterable(there)) if there else None
            case And():
                wanted = [part for part in tree.subqueries if not isinstance(part, Not)] or [Every()]
                return self._all(wanted, [part for part in tree.subqueries if isinstance(part, Not)], article)
            case Not():
                return [] if self._shares(tree.query, article) is None else None
            case Every():
                return [FixedShare("every", "", 1.0)]
            case NumericRange():
                within = article.day >= (tree.start or 1) and (tree.end is None or article.day <= tree.end)
                return [FixedShare("date", _days(tree), 1.0)] if within else None
        raise TypeError(f"no account of {type(tree).__name__}")

    def _all(self, wanted: Sequence[Tree], excluded: Sequence[Tree], article: ExplainedArticle) -> list[Share] | None:
        added: list[Share] = []
        for tree in (*wanted, *excluded):
            shares = self._shares(tree, article)
            if shares is None:
                return None
            added += shares
        return added

    def _term(self, tree: Tree, article: ExplainedArticle) -> list[Share] | None:
        field, term = tree.fieldname, tree.text
        if field in NAME_FIELDS:
            return [FixedShare(field, term, tree.boost)] if term in article.names(field) else None
        if field == "title_key":
            return [FixedShare("title", term, tree.boost)] if article.is_titled(term) else None
        if not article.tokens(field, term):
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
        """What a word that the article has adds: BM25F, as at the top of `indexing/columnar/impacts.py`."""
        in_title, in_text = article.frequencies(field, term)
        title_norm, text_norm = article.norms
        weighed = TITLE_WEIGHT * in_title / title_norm + in_text / text_norm
        impact = weighed / (K1 + weighed)
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
            of=self._articles,
            idf=round(weight, _DIGITS),
            impact=round(impact, _DIGITS),
            boost=boost,
            score=round(boost * weight * impact, _DIGITS),
        )

    def _nearness(self, article: ExplainedArticle) -> Iterator[NearnessShare]:
        """What each word gains by its neighbours, as at the top of `nearness.py`; nothing for one without any."""
        weights = {stem: self._idf("text", stem) for stem in self._question.near if self._frequency("text", stem)}
        near = dict.fromkeys(weights, 0.0)
        seen = sorted((token, stem) for stem in weights for token in article.tokens("text", stem))
        for (token, one), (later, other) in pairwise(seen):
            if one != other and later - token <= REACH:
                near[one] += weights[other] / (later - token)
                near[other] += weights[one] / (later - token)
        written = {stem: article.word(token) for token, stem in seen}
        norm = K1 * article.norms[1]
        for stem, sum_of_neighbours in near.items():
            if sum_of_neighbours:
                gain = NEARNESS * min(1.0, weights[stem]) * sum_of_neighbours / (sum_of_neighbours + norm)
                text = self._typed.get(("text", (stem,)), written[stem])
                yield NearnessShare(text, stem, round(sum_of_neighbours, _DIGITS), round(gain, _DIGITS))

    def _idf(self, field: str, term: str) -> float:
        return idf(self._articles, self._frequency(field, term))

    def _frequency(self, field: str, term: str) -> int:
        key = field, term
        if key not in self._frequencies:
            self._frequencies[key] = self._terms.find(field, term).frequency
        return self._frequencies[key]


def _typed(query_term: QueryTerm) -> Iterator[tuple[tuple[str, tuple[str, ...]], str]]:
    """What was typed for each word, or the words of the phrase, that a query_term stands for in a field."""
    if len(query_term.alternatives) > 1:
        yield (query_term.field, tuple(terms[0] for terms in query_term.alternatives)), query_term.text
        # Where the words of a phrase gain by nearness, they are spoken of one by one.
        pairs = zip(query_term.alternatives, query_term.typed, strict=False)
        yield from (((query_term.field, (terms[0],)), word) for terms, word in pairs)
    else:
        yield from (((query_term.field, (term,)), query_term.text) for term in query_term.alternatives[0])


def _field_count(frequency: int, length: int, average: float) -> FieldCount:
    return FieldCount(frequency, length, round(average, _DIGITS))


def _days(tree: Tree) -> str:
    """The days of a range; a side that is open is empty."""
    first = date.fromordinal(tree.start).isoformat() if (tree.start or 1) > 1 else ""
    last = date.fromordinal(tree.end).isoformat() if tree.end else ""
    return first if first == last else f"{first}..{last}"
