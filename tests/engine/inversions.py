"""An inversion made in the most naive way, of articles whose tokens are small numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.segments.inversion import Inversion

Tokens = Sequence[int]


def inverted(articles: Sequence[tuple[Tokens, Tokens]], terms: int) -> tuple[Inversion, np.ndarray, np.ndarray]:
    """The inversion of titles and texts, begin and end of each term's postings, and the term of each token."""
    tokens = [[*title, *text] for title, text in articles]
    bounds = [sum(map(len, tokens[:n])) for n in range(len(tokens) + 1)]
    docids: list[int] = []
    offsets, positions, ranges = [0], [], []
    for term in range(terms):
        begin = len(docids)
        for docid, own in enumerate(tokens):
            found = [bounds[docid] + n for n, token in enumerate(own) if token == term]
            if found:
                docids.append(docid)
                positions += found
                offsets.append(len(positions))
        ranges.append((begin, len(docids)))
    inversion = Inversion(
        np.array(docids, dtype=np.int32),
        np.array(offsets, dtype=np.int64),
        np.array(positions, dtype=np.int32),
        np.array(bounds, dtype=np.int64),
        np.array([len(title) for title, _ in articles], dtype=np.int32),
    )
    every = np.array([token for own in tokens for token in own], dtype=np.int32)
    return inversion, np.array(ranges, dtype=np.int64).reshape(-1, 2), every
