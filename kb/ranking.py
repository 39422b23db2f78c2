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
"""Clause weights are integers, which add up exactly: so many for an idf of 1."""

PROXIMITY_WEIGHT = 0.75
"""Most that neighbours add to the score of a stem, as a share of the stem's idf up to 1."""

PROXIMITY_WINDOW = 20
"""Greatest distance of two neighbours, in tokens."""


def idf(articles: int, frequency: int) -> float:
    """Inverse document frequency of a term in `frequency` of `articles` articles; never negative.

    Source: the BM25 of Apache Lucene (BM25Similarity.idf), after Robertson and Zaragoza 2009, section 3.5.
    """
    return log(1 + (articles - frequency + 0.5) / (frequency + 0.5))


def length_norm(length: _Value, average: float) -> _Value:
    """Divisor of the frequencies in a field of `length` tokens, or in several fields; 1 for the average length."""
    return 1 - B + B * length / average


def saturation(weighted: _Value) -> _Value:
    """Impact of a weighted frequency, or of several: from 0 towards 1, at `K1` one half."""
    return weighted / (K1 + weighted)


def proximity(weight: float, near: float, norm: float) -> float:
    """Score that neighbours add to a stem of idf `weight`; `near` as above, `norm` that of the text."""
    return PROXIMITY_WEIGHT * min(1.0, weight) * near / (near + K1 * norm)


def clause_weight(weight: float) -> int:
    """An idf as the integer weight of an optional clause; at least 1, so that a word of all articles finds some."""
    return max(1, round(_CLAUSE_WEIGHT_UNIT * weight))
