"""Where articles stand among the postings of a word: a table of all articles, or a search in steps that double."""

from __future__ import annotations

import numpy as np

from kb.compiled import inner

_DENSE = 4
"""Times as many others as articles up to which it is faster to go through all of them, if they are not a smaller share
of all the articles of the segment."""


@inner
def places_of(articles: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """Where each of some articles stands among others, both ascending and below `count`; -1 if it does not: int64."""
    places = np.full(len(articles), -1, dtype=np.int64)
    if len(articles) * _DENSE > len(others) and len(others) * _DENSE > count:
        # Which of two comes next cannot be foreseen, so that a look into a table of all articles costs less.
        table = np.full(count, -1, dtype=np.int32)
        for place in range(len(others)):
            table[others[place]] = place
        for i in range(len(articles)):
            places[i] = table[articles[i]]
        return places
    place = 0
    for i in range(len(articles)):
        place = _place_from(others, articles[i], place)
        if place < len(others) and others[place] == articles[i]:
            places[i] = place
    return places


@inner
def _place_from(articles: np.ndarray, article: int, place: int) -> int:
    """The first place from `place` on of this article or a later one: in steps that double, then by halves."""
    step, end = 1, len(articles)
    while place + step < end and articles[place + step] < article:
        place += step
        step *= 2
    end = min(place + step, end)
    while place < end:
        middle = (place + end) // 2
        if articles[middle] < article:
            place = middle + 1
        else:
            end = middle
    return place


@inner
def rows_of(articles: np.ndarray, words: np.ndarray, owners: np.ndarray, count: int) -> np.ndarray:
    """The posting of each word for each article, -1 where it does not have it: int64, shape (words, articles).

    Articles are ascending and below `count`; in the first two columns of `words` is where their postings begin and end.
    """
    rows = np.empty((len(words), len(articles)), dtype=np.int64)
    for word in range(len(words)):
        begin, end = int(words[word, 0]), int(words[word, 1])
        places = places_of(articles, owners[begin:end], count)
        for i in range(len(articles)):
            rows[word, i] = begin + places[i] if places[i] >= 0 else -1
    return rows
