"""Snippets of the articles that an engine found: passages with marks, never empty, never longer than asked for.

Making them needs nothing but what the engine returned; it cannot change the list of results.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.model import Found, Snippet
from kb.search.fitting import Passage, fit_all, longest_core, opening
from kb.search.markup import passage_html
from kb.search.passages import best_cores, marks_in
from kb.search.text_fragments import passage_url
from kb.texts import Occurrences, PageSentences

Ranges = list[tuple[int, int]]

_NONE = np.empty((0, 3), dtype=np.int64)


def make_snippets(
    found: Sequence[Found],
    occurrences: Occurrences,
    sentences: PageSentences,
    weights: Sequence[float],
    urls: Sequence[str],
    count: int,
    chars: int,
) -> list[tuple[Snippet, ...]]:
    """For each article at most `count` snippets of at most `chars` visible characters, in reading order.

    `weights` says how rare each unit of the question is; `urls` are where the articles can be read.
    """
    passages = _passages(found, occurrences, sentences, weights, count, chars)
    rows = [row for row, of_one in enumerate(passages) for _ in of_one]
    every = [passage for of_one in passages for passage in of_one]
    starts, ends = [passage[0] for passage in every], [passage[1] for passage in every]
    marks = iter(marks_in(occurrences, rows, starts, ends, longest_core(chars)))
    return [
        tuple([_snippet(one, passage, next(marks), url) for passage in of_one])
        for one, of_one, url in zip(found, passages, urls, strict=True)
    ]


def _passages(
    found: Sequence[Found],
    occurrences: Occurrences,
    sentences: PageSentences,
    weights: Sequence[float],
    count: int,
    chars: int,
) -> list[list[Passage]]:
    """The passages of each article in reading order; where nothing matches the one that the text begins with."""
    texts = [one.text for one in found]
    passages: list[list[Passage]] = [[] for _ in found]
    lengths = np.array([text.length for text in texts], dtype=np.int64)
    taken = _NONE
    for left in range(count - 1, -1, -1):
        cores = best_cores(occurrences, sentences, lengths, weights, taken, chars, longest_core(chars))
        if not len(cores):
            break
        fitted = fit_all(texts, cores, chars)
        for row, passage in fitted:
            passages[row].append(passage)
        if left:
            taken = np.concatenate([taken, [(row, start, end) for row, (start, end, *_) in fitted]])
    for text, of_one in zip(texts, passages, strict=True):
        if len(of_one) > 1:
            of_one.sort()
        elif not of_one and (opened := opening(text, chars)):
            of_one.append(opened)
    return passages


def _snippet(found: Found, passage: Passage, marks: Ranges, url: str) -> Snippet:
    start, end, begins, ends = passage
    text = found.text.part(start, end)
    return Snippet(
        html=passage_html(text, start, marks, begins, ends),
        text=text,
        start=start,
        end=end,
        marks=tuple(marks),
        url=passage_url(url, found.text, passage, text),
    )
