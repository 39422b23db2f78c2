"""Words, titles and ids in the order of their code points, stored so that no reader has to hold or sort them.

What a prefix stands for is a range of the sorted words; a list by title compares ranks. The order of code points is
that of the bytes of UTF-8, so that packed strings can be compared as they lie in the file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.segments.arrays import Arrays, pack_strings


def sorted_words(words: Sequence[str], numbers: np.ndarray) -> Arrays:
    """The words, each once and with its number, as the `sorted_word*` arrays of the layout."""
    order = sorted(range(len(words)), key=words.__getitem__)
    letters, bounds = pack_strings([words[place] for place in order])
    return {
        "sorted_words": letters,
        "sorted_word_bounds": bounds,
        "sorted_word_numbers": numbers[np.array(order, dtype=np.int64)].astype(np.int32),
    }


def sorted_titles(keys: Sequence[str], ids: Sequence[str]) -> Arrays:
    """Titles, as `Analyzer.keyword` makes them, and ids of articles, as the arrays of the layout that order them."""
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    order = sorted(by_id, key=keys.__getitem__)
    begins = [place for place, article in enumerate(order) if not place or keys[article] != keys[order[place - 1]]]
    titles = [keys[order[begin]] for begin in begins]
    letters, bounds = pack_strings(titles)
    titled_bounds = np.array([*begins, len(order)], dtype=np.int64)
    ranks = np.repeat(np.arange(len(titles), dtype=np.int32), np.diff(titled_bounds).tolist())
    articles = np.array(order, dtype=np.int32)
    return {
        "sorted_titles": letters,
        "sorted_title_bounds": bounds,
        "sorted_title_lengths": np.array([len(title) for title in titles], dtype=np.uint32),
        "titled": articles,
        "titled_bounds": titled_bounds,
        "title_ranks": _inverse(articles, ranks),
        "id_ranks": _inverse(np.array(by_id, dtype=np.int32), np.arange(len(ids), dtype=np.int32)),
    }


def _inverse(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values at their places: int32, shape (n,)."""
    made = np.empty(len(places), dtype=np.int32)
    made[places] = values
    return made
