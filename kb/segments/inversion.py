"""From the tokens of articles to the articles of each stem, by counting: time grows as the tokens do, and no faster.

The tokens are gone through twice: to count what each stem will have, and to put each token behind those of its stem
that came before it. Nothing is compared, and everything comes out in order, because the tokens come in order.
"""

from __future__ import annotations

import numpy as np

from kb.compiled import Int32s, Int64s, compiled
from kb.segments.arrays import Arrays
from kb.segments.bounds import bounds_of


def inverted(stems_of_tokens: np.ndarray, bounds: np.ndarray, title_tokens: np.ndarray, stems: int) -> Arrays:
    """The postings of every stem, as the arrays of `layout.py`."""
    tokens_of_stems, postings_of_stems = counted(stems_of_tokens, bounds, stems)
    posting_bounds = bounds_of(postings_of_stems)
    articles, posting_offsets, in_title, places = _placed(
        stems_of_tokens, bounds, title_tokens, bounds_of(tokens_of_stems), posting_bounds
    )
    return {
        "posting_bounds": posting_bounds,
        "posting_articles": articles,
        "posting_offsets": posting_offsets,
        "posting_in_title": in_title,
        "positions": places,
    }


@compiled
def counted(tokens: Int32s, bounds: Int64s, most: int) -> tuple[np.ndarray, np.ndarray]:
    """How many tokens each of the numbers below `most` has, and in how many articles: int64, shape (most,)."""
    counts = np.zeros(most, dtype=np.int64)
    articles = np.zeros(most, dtype=np.int64)
    last = np.full(most, -1, dtype=np.int32)
    for article in range(len(bounds) - 1):
        for token in range(bounds[article], bounds[article + 1]):
            number = tokens[token]
            counts[number] += 1
            if last[number] != article:
                last[number] = article
                articles[number] += 1
    return counts, articles


@compiled
def _placed(
    tokens: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
    position_bounds: Int64s,
    posting_bounds: Int64s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of every posting the article, where its places begin, and how many are in the title; and the places."""
    next_place = position_bounds.copy()
    next_posting = posting_bounds.copy()
    last = np.full(len(position_bounds) - 1, -1, dtype=np.int32)
    articles = np.empty(posting_bounds[-1], dtype=np.int32)
    begins = np.empty(posting_bounds[-1] + 1, dtype=np.int64)
    in_title = np.zeros(posting_bounds[-1], dtype=np.uint16)
    places = np.empty(len(tokens), dtype=np.int32)
    begins[-1] = len(tokens)
    for article in range(len(bounds) - 1):
        title_end = bounds[article] + title_tokens[article]
        for token in range(bounds[article], bounds[article + 1]):
            stem = tokens[token]
            if last[stem] != article:
                last[stem] = article
                articles[next_posting[stem]] = article
                begins[next_posting[stem]] = next_place[stem]
                next_posting[stem] += 1
            posting = next_posting[stem] - 1
            # A title of more is as good as one of that many: it takes no more than two bytes.
            if token < title_end and in_title[posting] < 65535:
                in_title[posting] += 1
            places[next_place[stem]] = token
            next_place[stem] += 1
    return articles, begins, in_title, places
