"""Formulas and constants of ranking: BM25F over title and text, term proximity, and a bonus for a whole title.

    score     = sum over terms of  boost * idf * impact  +  sum over stems of  proximity  +  WHOLE_TITLE
    idf       = log(1 + (N - n + 0.5) / (n + 0.5)),  n of N articles have the term
    impact    = w / (K1 + w),  w = TITLE_WEIGHT * frequency / norm in the title  +  frequency / norm in the text
    norm      = 1 - B + B * length / average length
    proximity = PROXIMITY_WEIGHT * min(1, idf) * near / (near + K1 * norm in the text)
    near      = sum of  idf / distance  over neighbours at most PROXIMITY_WINDOW tokens away

Sources: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", sections 3.4 to 3.6;
Büttcher, Clarke and Lushman 2006, "Term Proximity Scoring for Ad-Hoc Retrieval on Very Large Text Collections".
"""

from __future__ import annotations

from math import log
from typing import TypeVar

import numpy as np

from kb.compiled import inner

_Value = TypeVar("_Value", float, np.ndarray)

K1 = 1.5
"""Saturation: the weighted frequency at which a term has half of its greatest impact."""

B = 0.75
"""Length normalisation, from 0, frequencies count alike in all articles, to 1, frequencies count per token."""

TITLE_WEIGHT = 3.0
"""Occurrences in the text that count as much as one in the title, both in a field of average length."""

WHOLE_TITLE = 100.0
"""Score of a title that is exactly the query; far more than terms add up to, so as to come first."""

_CLAUSE_WEIGHT_UNIT = 1 << 16
"""Weight of an optional clause with an idf of 1; weights are integers, hence sums are exact."""

PROXIMITY_WEIGHT = 0.75
"""Most that neighbours add to the score of a stem, as a share of the stem's idf up to 1."""

PROXIMITY_WINDOW = 20
"""Greatest distance of two neighbours, in tokens."""


def idf(articles: int, frequency: int) -> float:
    """Inverse document frequency of a term in `frequency` of `articles` articles; never negative.

    Source: `BM25Similarity.idf` of Apache Lucene; the 1 inside the logarithm, not in Robertson and Zaragoza 2009, keeps
    the idf of frequent terms above 0.
    """
    return log(1 + (articles - frequency + 0.5) / (frequency + 0.5))


@inner
def length_norm(length: _Value, average: float) -> _Value:
    """Divisor of the frequencies in a title or text of `length` tokens, or in an array of lengths; 1 at the average."""
    return 1 - B + B * length / average


def saturation(weighted: _Value) -> _Value:
    """Impact of a weighted frequency, or of an array: from 0 towards 1, one half at K1."""
    return weighted / (K1 + weighted)


def proximity(weight: float, near: float, norm: float) -> float:
    """Proximity score of a stem.

    weight  idf of the stem
    near    sum of idf / distance over the neighbours of all occurrences
    norm    length norm of the text
    """
    return PROXIMITY_WEIGHT * min(1.0, weight) * near / (near + K1 * norm)


def clause_weight(weight: float) -> int:
    """Weight of an optional clause with an idf; at least 1, so that a word of all articles can match alone."""
    return max(1, round(_CLAUSE_WEIGHT_UNIT * weight))
