"""Words, titles and ids in the order of their code points, stored so that no reader has to sort or hold them.

A prefix is a range of the sorted words, and results by title are ordered by title ranks. The order of code points is
the order of UTF-8 bytes: packed strings are compared as they lie in the file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.segments.arrays import Arrays, pack_strings


def sorted_words(words: Sequence[str], term_ids: np.ndarray) -> Arrays:
    """The `sorted_word*` arrays of the layout; `words` are distinct, `term_ids` has the id of each word: shape (w,)."""
    order = sorted(range(len(words)), key=words.__getitem__)
    letters, bounds = pack_strings([words[index] for index in order])
    return {
        "sorted_words": letters,
        "sorted_word_bounds": bounds,
        "sorted_word_ids": term_ids[np.array(order, dtype=np.int64)].astype(np.int32),
    }


def sorted_titles(keys: Sequence[str], ids: Sequence[str]) -> Arrays:
    """The `sorted_title*`, `titled*` and `*_ranks` arrays of the layout.

    `keys` and `ids` have an item for each article; a key is the title as `Analyzer.keyword` returns it.
    """
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    order = sorted(by_id, key=keys.__getitem__)
    begins = [rank for rank, docid in enumerate(order) if not rank or keys[docid] != keys[order[rank - 1]]]
    titles = [keys[order[begin]] for begin in begins]
    letters, bounds = pack_strings(titles)
    titled_bounds = np.array([*begins, len(order)], dtype=np.int64)
    ranks = np.repeat(np.arange(len(titles), dtype=np.int32), np.diff(titled_bounds).tolist())
    docids = np.array(order, dtype=np.int32)
    return {
        "sorted_titles": letters,
        "sorted_title_bounds": bounds,
        "sorted_title_lengths": np.array([len(title) for title in titles], dtype=np.uint32),
        "titled": docids,
        "titled_bounds": titled_bounds,
        "title_ranks": _scattered(docids, ranks),
        "id_ranks": _scattered(np.array(by_id, dtype=np.int32), np.arange(len(ids), dtype=np.int32)),
    }


def _scattered(indexes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Array with `values[i]` at `indexes[i]`, a permutation: int32, shape (n,)."""
    result = np.empty(len(indexes), dtype=np.int32)
    result[indexes] = values
    return result
