"""Snippets of the articles that an engine found: passages with marks, never empty, never longer than asked for.

Making them needs nothing but what the engine returned; it cannot change the list of results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kb.model import Found, Snippet
from kb.search.fitting import Passage, Room, fit, longest_core, opening
from kb.search.markup import passage_html
from kb.search.passages import Choice, shown_end
from kb.search.text_fragments import passage_url
from kb.texts import Occurrences

AT_ONCE = 16
"""Articles whose passages are chosen together: more would save little time and take much memory."""

Ranges = list[tuple[int, int]]


def make_snippets(
    found: Sequence[Found],
    occurrences: Occurrences,
    weights: Sequence[float],
    urls: Sequence[str],
    count: int,
    chars: int,
) -> list[tuple[Snippet, ...]]:
    """For each article at most `count` snippets of at most `chars` visible characters, in reading order.

    `weights` says how rare each unit of the question is; `urls` are where the articles can be read.
    """
    listed: list[tuple[Snippet, ...]] = []
    for low in range(0, len(found), AT_ONCE):
        some = found[low : low + AT_ONCE]
        part = occurrences if len(found) <= AT_ONCE else _of_rows(occurrences, low, low + AT_ONCE)
        passages = _passages(some, part, weights, count, chars)
        marks = _marks(part, passages, longest_core(chars))
        listed += [
            tuple([_snippet(one, passage, shown, url) for passage, shown in zip(of_one, marked, strict=True)])
            for one, of_one, marked, url in zip(some, passages, marks, urls[low:], strict=False)
        ]
    return listed


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges of text in reading order as disjoint ones."""
    disjoint: Ranges = []
    for begin, end in ranges:
        if disjoint and begin <= disjoint[-1][1]:
            disjoint[-1] = (disjoint[-1][0], max(disjoint[-1][1], end))
        else:
            disjoint.append((begin, end))
    return disjoint


def _of_rows(occurrences: Occurrences, low: int, high: int) -> Occurrences:
    """The occurrences in some of the articles, which are numbered from 0 again."""
    first, last = occurrences.rows.searchsorted([low, high]).tolist()
    table = occurrences.table[first:last].copy()
    table[:, 0] -= low
    return Occurrences(table)


def _passages(
    found: Sequence[Found], occurrences: Occurrences, weights: Sequence[float], count: int, chars: int
) -> list[list[Passage]]:
    """The passages of each article in reading order; where nothing matches the one that the text begins with."""
    choice = Choice(occurrences, [one.text.length for one in found], weights, chars)
    passages: list[list[Passage]] = [[] for _ in found]
    for left in range(count - 1, -1, -1):
        cores = choice.cores()
        fitted = [(row, _fit(found[row], core, passages[row], chars)) for row, *core in cores]
        for row, passage in fitted:
            passages[row].append(passage)
        if not cores or not left:
            break
        choice.take(fitted)
    for one, of_one in zip(found, passages, strict=True):
        if len(of_one) > 1:
            of_one.sort()
        elif not of_one and (opened := opening(one.text, chars)):
            of_one.append(opened)
    return passages


def _fit(found: Found, core: Sequence[int], others: Sequence[Passage], chars: int) -> Passage:
    """The passage around a core in what the article's other passages leave free."""
    first, least, last = core
    low, high = 0, found.text.length
    if others:
        low = max([other.end for other in others if other.end <= first], default=low)
        high = min([other.start for other in others if other.start > first], default=high)
    return fit(found.text, first, least, last, Room(low, high, chars))


def _marks(occurrences: Occurrences, passages: Sequence[Sequence[Passage]], longest: int) -> list[list[Ranges]]:
    """For each passage the matches that it shows, as disjoint ranges."""
    rows, begins = occurrences.rows, occurrences.begins
    ends = shown_end(begins, occurrences.ends, occurrences.first_ends, longest)
    in_text = occurrences.in_title == 0
    marks: list[list[Ranges]] = [[[] for _ in of_one] for of_one in passages]
    for number in range(max(map(len, passages), default=0)):
        bounds = np.array([of_one[number][:2] if number < len(of_one) else (-1, -1) for of_one in passages])
        (shown,) = ((begins >= bounds[rows, 0]) & (ends <= bounds[rows, 1]) & in_text).nonzero()
        for row, begin, end in zip(*(column[shown].tolist() for column in (rows, begins, ends)), strict=True):
            marks[row][number].append((begin, end))
    return [[merged(ranges) for ranges in of_one] for of_one in marks]


def _snippet(found: Found, passage: Passage, marks: Ranges, url: str) -> Snippet:
    start, end, begins, ends = passage
    text = found.text.part(start, end)
    return Snippet(
        html=passage_html(text, [(first - start, last - start) for first, last in marks], begins, ends),
        text=text,
        start=start,
        end=end,
        marks=tuple(marks),
        url=passage_url(url, found.text, passage, text),
    )
