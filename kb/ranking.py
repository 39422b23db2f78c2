"""What a term weighs: how rare it is, in which fields it is looked for, what an exact title and other words near add.

How often it stands in an article, and how long that is, is in the index (`indexing/columnar/impacts.py`).
"""

from __future__ import annotations

from math import log

K1 = 1.5
B = 0.75
TITLE_WEIGHT = 3.0

WHOLE_TITLE = 100.0
"""Added where the query is exactly an article's title; more than any sum of word scores, so that it comes first."""

_CLAUSE_WEIGHT_UNIT = 1 << 16
"""Clause weights are integers, which add up exactly: so many for an idf of 1."""

NEARNESS = 0.75
REACH = 20
"""What a word gains at most by other words of the query near it, as a share of its weight up to 1; and how many tokens
after the one before it still counts."""


def idf(articles: int, frequency: int) -> float:
    """The weight of a word that stands in `frequency` of so many articles; never negative.

    Source: the BM25 of Apache Lucene (BM25Similarity.idf), after Robertson and Zaragoza 2009, section 3.5.
    """
    return log(1 + (articles - frequency + 0.5) / (frequency + 0.5))


def clause_weight(weight: float) -> int:
    """An idf as the integer weight of an optional clause; at least 1, so that a word of all articles finds some."""
    return max(1, round(_CLAUSE_WEIGHT_UNIT * weight))
