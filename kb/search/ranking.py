"""How much a term says about an article: BM25 in each field, the fields weighed and added.

Whoosh multiplies a node's score by its boost, so the weights below are the boosts of the tree's leaves.
"""

from __future__ import annotations

from math import log
from typing import Any

from whoosh.scoring import BM25F

K1 = 1.5
B = 0.75

STEM_FIELDS = {"title": 0.5, "body": 1.0}
WORD_FIELDS = {"title_word": 0.5, "body_word": 1.0}
"""Weights of the fields that text is searched in. Each field saturates by itself, so a title of weight 0.5 still counts
for more, word for word, than the text: it is short. Measured with `python -m bench.relevance`."""

WHOLE_TITLE = 100.0
"""Added where the query is exactly an article's title; more than any sum of word scores, so that it comes first."""


def idf(articles: int, frequency: int) -> float:
    """The weight of a word that stands in `frequency` of so many articles; never negative.

    Source: the BM25 of Apache Lucene (BM25Similarity.idf), after Robertson and Zaragoza 2009, section 3.5.
    """
    return log(1 + (articles - frequency + 0.5) / (frequency + 0.5))


class Weighting(BM25F):
    """Whoosh's BM25 with Lucene's idf, which stays positive for words that stand in most articles."""

    def __init__(self) -> None:
        super().__init__(B=B, K1=K1)

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        parent = searcher.get_parent()
        return idf(parent.doc_count_all(), parent.doc_frequency(fieldname, text))
